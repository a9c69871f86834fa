package io.github.devicetunnel.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Limits that an application sets. */
@ExtendWith(Leaks.class)
class BoundsTest {
  @Test
  void furtherConnectionsWaitUntilOneEnds() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxConnections(1).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      Socket first = LocalEnd.connect(listener);
      first.getOutputStream().write('1');
      assertThat(first.getInputStream().read()).isEqualTo('1');
      try (Socket second = LocalEnd.connect(listener)) {
        second.getOutputStream().write("two".getBytes(UTF_8));
        second.setSoTimeout(300);
        assertThatThrownBy(() -> second.getInputStream().read()).hasMessageContaining("timed out");
        assertThat(service.accepted()).isEqualTo(1);
        LocalEnd.reset(first);
        second.setSoTimeout((int) Await.LONG.toMillis());
        assertThat(second.getInputStream().readNBytes(3)).isEqualTo("two".getBytes(UTF_8));
      }
    }
  }

  @Test
  void aListenerWithoutAFreePlaceCanBeClosed() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxConnections(1).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket first = LocalEnd.connect(listener)) {
      first.getOutputStream().write('1');
      assertThat(first.getInputStream().read()).isEqualTo('1');
      assertThat(listener.close(Duration.ZERO).cut()).isEqualTo(1);
    }
  }

  @Test
  void anIdleConnectionEndsThoughPingsAreAnswered() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .pingInterval(Duration.ofMillis(100))
                .idleTimeout(Duration.ofMillis(500))
                .build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      TunnelException failure =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
      assertThat(failure.reason().kind()).isEqualTo(Kind.IDLE_TIMEOUT);
      assertThat(failure).hasMessage("nothing was sent either way for 0.5 s");
    }
  }

  @Test
  void aBusyConnectionIsNotIdle() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).idleTimeout(Duration.ofSeconds(2)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      CountDownLatch pause = new CountDownLatch(1);
      for (int i = 0; i < 20; i++) {
        local.getOutputStream().write(i);
        assertThat(local.getInputStream().read()).isEqualTo(i);
        assertThat(pause.await(200, TimeUnit.MILLISECONDS)).isFalse();
      }
      assertThatThrownBy(() -> local.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }
}
