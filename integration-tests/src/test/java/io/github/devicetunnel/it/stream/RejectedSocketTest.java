package io.github.devicetunnel.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelSocketFactory;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelledSockets;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import net.schmizz.sshj.SSHClient;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests sockets whose tunnel is rejected or fails to open. They fail like a refused TCP connection,
 * so that clients and drivers do not request the tunnel again. Apache HttpClient 5 is in {@link
 * HttpClientDriverTest}.
 */
final class RejectedSocketTest {
  /** An address avoids a DNS query. */
  private static final String HOST = "192.0.2.9";

  @RegisterExtension final Leaks leaks = new Leaks();

  @Test
  void everyConnectMethodThrowsConnectException() throws Exception {
    try (TunnelledSockets sockets = TunnelledSockets.rejected(HOST)) {
      TunnelSocketFactory factory = sockets.factory();
      NamedSocketFactory named = new NamedSocketFactory();
      InetAddress address = InetAddress.getAllByName(HOST)[0];
      List<ThrowingCallable> calls =
          List.of(
              () -> connect(factory.createSocket(), 0),
              () -> connect(factory.createSocket(), (int) Await.LONG.toMillis()),
              () -> factory.createSocket(HOST, 80),
              () -> factory.createSocket(HOST, 80, null, 0),
              () -> factory.createSocket(address, 80),
              () -> factory.createSocket(address, 80, null, 0),
              () -> connect(named.createSocket(), 0),
              () -> named.createSocket(HOST, 80),
              () -> named.createSocket(address, 80));
      for (ThrowingCallable call : calls) {
        Throwable failure = catchThrowable(call);
        assertThat(failure)
            .isExactlyInstanceOf(ConnectException.class)
            .hasCauseInstanceOf(TunnelRejectedException.class)
            .hasMessage(failure.getCause().getMessage())
            .hasMessageContaining("403");
      }
      assertThat(sockets.count()).isEqualTo(calls.size());
    }
  }

  private static void connect(Socket socket, int timeout) throws Exception {
    try (socket) {
      socket.connect(InetSocketAddress.createUnresolved(HOST, 80), timeout);
    }
  }

  @Test
  void unreachableCloudThrowsConnectException() throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client("127.0.0.1:80").cloudUri("ws://" + closedPort.serviceAddress()).build()) {
      assertThatThrownBy(() -> client.socketFactory().createSocket(HOST, 80))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("could not be reached")
          .cause()
          .isInstanceOfSatisfying(
              TunnelException.class,
              e -> assertThat(e.reason().kind()).isEqualTo(Kind.DIAL_FAILED));
      assertThatThrownBy(client::open).isExactlyInstanceOf(TunnelException.class);
    }
  }

  @Test
  void closedClientThrowsConnectException() throws Exception {
    try (TestingCloud cloud = TestingCloud.started()) {
      TunnelClient client = cloud.client("127.0.0.1:1").build();
      TunnelSocketFactory sockets = client.socketFactory();
      client.close();
      assertThatThrownBy(() -> sockets.createSocket(HOST, 80))
          .isInstanceOf(ConnectException.class)
          .hasMessage("this TunnelClient is closed");
    }
  }

  @Test
  void okHttpRequestsTunnelOnce() throws Exception {
    try (TunnelledSockets sockets = TunnelledSockets.rejected(HOST)) {
      OkHttpClient client =
          new OkHttpClient.Builder()
              .socketFactory(sockets.factory())
              .dns(TunnelSocketFactory.dns())
              .build();
      Request request = new Request.Builder().url("http://gateway.invalid").build();

      Throwable failure = catchThrowable(() -> client.newCall(request).execute().close());

      assertThat(failure)
          .isInstanceOf(ConnectException.class)
          .hasRootCauseInstanceOf(java.net.ProtocolException.class)
          .hasStackTraceContaining("403");
      assertThat(sockets.count()).isEqualTo(1);
    }
  }

  @Test
  void postgreSqlDriverRequestsTunnelOnce() throws Exception {
    assertRejectedOnce(
        "jdbc:postgresql://"
            + HOST
            + "/db?user=u&sslmode=prefer&gssEncMode=disable"
            + "&socketFactory="
            + NamedSocketFactory.class.getName());
  }

  @Test
  void mariaDbDriverRequestsTunnelOnce() throws Exception {
    assertRejectedOnce(
        "jdbc:mariadb://"
            + HOST
            + "/db?user=u&socketFactory="
            + NamedSocketFactory.class.getName());
  }

  private static void assertRejectedOnce(String url) throws Exception {
    try (TunnelledSockets sockets = TunnelledSockets.rejected(HOST)) {
      assertThatThrownBy(() -> DriverManager.getConnection(url).close())
          .isInstanceOf(SQLException.class)
          .hasStackTraceContaining("403");
      assertThat(sockets.count()).isEqualTo(1);
    }
  }

  @Test
  void sshjRequestsTunnelOnce() throws Exception {
    try (TunnelledSockets sockets = TunnelledSockets.rejected(HOST);
        SSHClient client = new SSHClient()) {
      client.setSocketFactory(sockets.factory());

      assertThatThrownBy(() -> client.connect(HOST))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("403");

      assertThat(sockets.count()).isEqualTo(1);
    }
  }
}
