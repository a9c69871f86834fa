package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.faults.FailingSockets.Operation;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.net.Socket;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An error inside the data path, such as an {@link OutOfMemoryError}, must end the connection on
 * both sides, even if there is no memory to describe the error.
 */
final class UnexpectedErrorTest {
  @RegisterExtension final Leaks leaks = new Leaks();

  private static TunnelClient client(
      TestingCloud cloud, EchoService service, FailingSockets sockets) {
    OkHttpClient okHttpClient = new OkHttpClient.Builder().socketFactory(sockets).build();
    return cloud.client(service).okHttpClient(okHttpClient).build();
  }

  private static void awaitEndAtCloud(TestingCloud cloud) {
    Await.until("no tunnel at the cloud", () -> cloud.service().openConnections() == 0);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void endsConnectionOfListener(Operation failing) throws Exception {
    try (FailingSockets sockets = new FailingSockets(failing);
        EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = client(cloud, service, sockets);
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      local.getOutputStream().write('x');
      Await.until("an open tunnel", () -> cloud.service().openConnections() == 1);
      sockets.arm();
      local.getOutputStream().write('y');

      assertThatThrownBy(() -> local.getInputStream().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reset");
      awaitEndAtCloud(cloud);
      Await.until("no connection", () -> client.stats().connections().isEmpty());
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void endsStream(Operation failing) throws Exception {
    try (FailingSockets sockets = new FailingSockets(failing);
        EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = client(cloud, service, sockets);
        TunnelStream stream = client.open()) {
      sockets.arm();

      assertThatThrownBy(
              () -> {
                stream.outputStream().write('x');
                stream.inputStream().readAllBytes();
              })
          .isInstanceOfAny(IOException.class, Error.class);
      awaitEndAtCloud(cloud);
    }
  }
}
