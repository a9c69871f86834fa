package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.ConnectionStats;
import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStats;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests the statistics of a client and its connections. */
@ExtendWith(Leaks.class)
class StatsTest {
  private static final int SIZE = 1_000_000;

  @Test
  void countsBeforeDuringAndAfterConnections() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).drainTimeout(Duration.ZERO).build()) {
      assertThat(client.stats()).isEqualTo(new TunnelStats(0, 0, 0, 0, 0, 0, 0, List.of()));

      try (TunnelStream stream = client.open();
          TunnelListener listener = client.listen(Loopback.anyPort());
          Socket local = LocalEnd.connect(listener)) {
        Upload upload = Upload.start(stream.outputStream(), 1, SIZE);
        assertThat(stream.inputStream().readNBytes(SIZE)).hasSize(SIZE);
        upload.await();
        local.getOutputStream().write('x');
        assertThat(local.getInputStream().read()).isEqualTo('x');
        // The echo may arrive before the writing thread has counted its bytes.
        Await.until(() -> client.stats().bytesUp() == SIZE + 1);

        TunnelStats during = client.stats();
        assertThat(during.opened()).isEqualTo(2);
        assertThat(during.openNow()).isEqualTo(2);
        assertThat(during.dialingNow()).isZero();
        assertThat(during.bytesUp()).isEqualTo(SIZE + 1);
        assertThat(during.bytesDown()).isEqualTo(SIZE + 1);
        assertThat(during.connections())
            .extracting(ConnectionStats::state)
            .containsExactly(State.OPEN, State.OPEN);
        assertThat(during.connections())
            .extracting(ConnectionStats::bytesUp)
            .containsExactlyInAnyOrder((long) SIZE, 1L);
        assertThat(stream.stats().bytesDown()).isEqualTo(SIZE);
        assertThat(stream.stats().connection().localClient()).isNull();

        stream.shutdownOutput();
        assertThat(stream.stats().state()).isEqualTo(State.DRAINING);
      }
      client.close(Duration.ZERO);

      assertThat(client.stats())
          .isEqualTo(new TunnelStats(2, 0, 0, 0, 0, SIZE + 1, SIZE + 1, List.of()));
    }
  }

  @Test
  void closedStreamKeepsStatistics() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      TunnelStream stream = client.open();
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      stream.close();

      ConnectionStats closed = stream.stats();
      assertThat(closed.state()).isEqualTo(State.CLOSED);
      assertThat(closed.bytesUp()).isEqualTo(1);
      assertThat(closed.bytesDown()).isEqualTo(1);
      assertThat(stream.stats()).isEqualTo(closed);
    }
  }

  @Test
  void pingsMeasureRoundTripAndAcknowledgeBytes() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).pingInterval(Duration.ofMillis(100)).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.stats().bytesUnconfirmed()).isZero();
      stream.outputStream().write('x');
      Upload reading = Upload.running(() -> stream.inputStream().readNBytes(2));

      Await.until(() -> stream.stats().bytesUnconfirmed() == 0);
      assertThat(stream.stats().roundTrip()).isPositive().isLessThan(stream.stats().age());
      assertThat(client.stats().connections()).hasSize(1);
      stream.outputStream().write('y');
      reading.await();
    }
  }

  @Test
  void countsRejectedAndFailedDials() throws Exception {
    try (ScriptedCloud silent = ScriptedCloud.started(RawConnection::awaitEnd);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient rejected =
            cloud.client("127.0.0.1:80").credentials(Credentials.apiKey("ak_unknown")).build();
        TunnelClient client = silent.client("127.0.0.1:80").build()) {
      assertThatThrownBy(rejected::open).isInstanceOf(TunnelException.class);
      assertThat(rejected.stats()).isEqualTo(new TunnelStats(0, 1, 0, 0, 0, 0, 0, List.of()));

      CompletableFuture<Void> opening =
          CompletableFuture.runAsync(
              () -> assertThatThrownBy(client::open).isInstanceOf(TunnelException.class));
      Await.until(() -> silent.requests() == 1);
      TunnelStats during = client.stats();
      assertThat(during.dialingNow()).isEqualTo(1);
      assertThat(during.openNow()).isZero();
      assertThat(during.connections().get(0).state()).isEqualTo(State.DIALING);
      assertThat(during.connections().get(0).roundTrip()).isNull();

      client.close(Duration.ZERO);
      Await.get(opening);
      assertThat(client.stats()).isEqualTo(new TunnelStats(0, 0, 1, 0, 0, 0, 0, List.of()));
    }
  }
}
