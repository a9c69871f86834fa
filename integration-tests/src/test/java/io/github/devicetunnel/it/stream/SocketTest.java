package io.github.devicetunnel.it.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelSocketFactory;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.SinkService;
import io.github.devicetunnel.it.support.SourceService;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that tunnels in the form of sockets behave as sockets do. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources early
class SocketTest {
  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write("hello".getBytes(UTF_8));
    assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void everyFactoryMethodConnectsToService() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      TunnelSocketFactory sockets = client.socketFactory();
      InetAddress address = InetAddress.getByAddress("named", new byte[] {10, 0, 0, 7});
      InetAddress wildcard = new InetSocketAddress(0).getAddress();
      List<Socket> created = new ArrayList<>();
      created.add(sockets.createSocket("no.such.host", 80));
      created.add(sockets.createSocket("no.such.host", 80, null, 0));
      created.add(sockets.createSocket(address, 80));
      created.add(sockets.createSocket(address, 80, wildcard, 0));
      Socket unconnected = sockets.createSocket();
      unconnected.connect(
          InetSocketAddress.createUnresolved("no.such.host", 80), (int) Await.LONG.toMillis());
      created.add(unconnected);
      for (Socket socket : created) {
        assertEchoes(socket);
        assertThat(socket.getPort()).isEqualTo(80);
        assertThat(socket.getInetAddress().getHostName()).isIn("no.such.host", "named");
        socket.close();
      }
      assertThat(service.accepted()).isEqualTo(5);
    }
  }

  @Test
  void newSocketIsNeitherConnectedNorBound() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        Socket socket = client.socketFactory().createSocket()) {
      assertThat(socket.isConnected()).isFalse();
      assertThat(socket.isBound()).isFalse();
      assertThat(socket.isClosed()).isFalse();
      assertThat(socket.getInetAddress()).isNull();
      assertThat(socket.getRemoteSocketAddress()).isNull();
      assertThat(socket.getLocalSocketAddress()).isNull();
      assertThat(socket.getLocalPort()).isEqualTo(-1);
      assertThatThrownBy(socket::getInputStream).hasMessage("Socket is not connected");
      assertThatThrownBy(socket::getOutputStream).hasMessage("Socket is not connected");
      assertThatThrownBy(socket::shutdownOutput).hasMessage("Socket is not connected");
      assertThatThrownBy(() -> socket.connect(null)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> socket.bind(Loopback.port(4711)))
          .isInstanceOf(BindException.class)
          .hasMessage(
              "a tunnel has no local address and cannot be bound to localhost/127.0.0.1:4711");
      socket.bind(null);
      assertThat(socket.isBound()).isTrue();
    }
  }

  @Test
  void connectedSocketReportsState() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      assertThat(socket.isConnected()).isTrue();
      assertThat(socket.isBound()).isTrue();
      assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
      assertThat(socket.getRemoteSocketAddress()).hasToString("turbine/192.0.2.1:80");
      assertThat(socket.getChannel()).isNull();
      assertThat(socket.toString()).contains("turbine", service.serviceAddress());
      assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("x", 1)))
          .isInstanceOf(SocketException.class)
          .hasMessage("already connected");
      assertEchoes(socket);
    }
  }

  @Test
  void storesSocketOptions() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        Socket socket = client.socketFactory().createSocket()) {
      socket.setTcpNoDelay(false);
      assertThat(socket.getTcpNoDelay()).isFalse();
      socket.setKeepAlive(true);
      assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
      socket.setOption(StandardSocketOptions.SO_SNDBUF, 1000);
      assertThat(socket.getSendBufferSize()).isEqualTo(1000);
      socket.setReceiveBufferSize(2000);
      assertThat(socket.getReceiveBufferSize()).isEqualTo(2000);
      assertThat(socket.getSoLinger()).isEqualTo(-1);
      socket.setSoLinger(true, 3);
      assertThat(socket.getSoLinger()).isEqualTo(3);
      socket.setTrafficClass(16);
      assertThat(socket.getTrafficClass()).isEqualTo(16);
      socket.setReuseAddress(true);
      assertThat(socket.getReuseAddress()).isTrue();
      socket.setPerformancePreferences(1, 2, 3);
      assertThat(socket.supportedOptions()).contains(StandardSocketOptions.TCP_NODELAY);
      assertThatThrownBy(() -> socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
          .isInstanceOf(UnsupportedOperationException.class);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
      assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(60);
      assertThatThrownBy(() -> socket.sendUrgentData(1)).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> socket.setSoTimeout(-1))
          .hasMessage("timeout must not be negative, but is -1");
    }
  }

  @Test
  void readContinuesAfterTimeout() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      socket.setSoTimeout(50);
      assertThat(socket.getSoTimeout()).isEqualTo(50);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(0);
      assertEchoes(socket);
    }
  }

  @Test
  void shutsDownEachDirectionSeparately() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      socket.shutdownOutput();
      assertThat(socket.isOutputShutdown()).isTrue();
      assertThatThrownBy(socket::getOutputStream).hasMessage("Socket output is shutdown");
      assertThatThrownBy(socket::shutdownOutput).hasMessage("Socket output is already shutdown");
      assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
      socket.shutdownInput();
      assertThat(socket.isInputShutdown()).isTrue();
      assertThatThrownBy(socket::getInputStream).hasMessage("Socket input is shutdown");
    }
  }

  /** The socket discards received bytes, so that the service is never blocked. */
  @Test
  void discardsBytesAfterInputShutdown() throws Exception {
    CountDownLatch allSent = new CountDownLatch(1);
    Service.Script sendsManyBytes =
        socket -> {
          assertThat(socket.getInputStream().read()).isEqualTo('x');
          new RandomBytes(1, 32 << 20).transferTo(socket.getOutputStream());
          allSent.countDown();
          assertThat(socket.getInputStream().read()).isEqualTo('y');
        };
    try (Service service = Service.started(sendsManyBytes);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      var in = socket.getInputStream();
      socket.shutdownInput();
      socket.getOutputStream().write('x');
      assertThat(in.read()).isEqualTo(-1);
      Await.reached(allSent);
      socket.getOutputStream().write('y');
      Await.until(() -> service.open() == 0);
      assertThat(service.failures()).isEmpty();
    }
  }

  @Test
  void closingUnblocksReader() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      assertEchoes(socket);
      CompletableFuture<Throwable> reader =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> socket.getInputStream().read()));
      socket.close();
      assertThat(Await.get(reader)).isInstanceOf(SocketException.class);
      socket.close();
      assertThat(socket.isClosed()).isTrue();
      assertThatThrownBy(socket::getInputStream).hasMessage("Socket is closed");
      assertThatThrownBy(() -> socket.setSoTimeout(1)).hasMessage("Socket is closed");
      assertThatThrownBy(() -> socket.setTcpNoDelay(true)).hasMessage("Socket is closed");
      assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("x", 1)))
          .hasMessage("Socket is closed");
    }
  }

  @Test
  void closingOutputStreamClosesSocket() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      var in = socket.getInputStream();
      socket.getOutputStream().close();
      assertThat(socket.isClosed()).isTrue();
      assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    }
  }

  @Test
  void endOfServiceIsEndOfStream() throws Exception {
    try (SourceService service = SourceService.started(1, 100_000);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory().createSocket("turbine", 80)) {
      assertThat(Digest.of(socket.getInputStream(), Long.MAX_VALUE)).isEqualTo(service.digest());
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void connectFailsAfterTimeout() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.silent();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        Socket socket = client.socketFactory().createSocket()) {
      assertThatThrownBy(
              () -> socket.connect(InetSocketAddress.createUnresolved("turbine", 80), 100))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageStartingWith("the tunnel did not open within 0.1 s: timed out while ");
      assertThat(socket.isConnected()).isFalse();
      assertThat(socket.isClosed()).isTrue();
      cloud.assertPlayed();
    }
  }

  @Test
  void closingAbortsConnect() throws Exception {
    CountDownLatch requested = new CountDownLatch(1);
    ScriptedCloud.Script neverAnswers =
        connection -> {
          requested.countDown();
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(neverAnswers);
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        Socket socket = client.socketFactory().createSocket()) {
      CompletableFuture<Throwable> connecting =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowable(
                      () -> socket.connect(InetSocketAddress.createUnresolved("turbine", 80))));
      Await.reached(requested);
      socket.close();
      assertThat(Await.get(connecting))
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket closed");
    }
  }

  @Test
  void rejectionIsCauseOfConnectException() throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(closedPort.serviceAddress()).build()) {
      assertThatThrownBy(() -> client.socketFactory().createSocket("turbine", 80))
          .isInstanceOf(ConnectException.class)
          .hasCauseInstanceOf(TunnelRejectedException.class);
    }
  }

  @Test
  void resolverSelectsServiceByHost() throws Exception {
    try (EchoService echo = EchoService.started();
        SourceService source = SourceService.started(2, 1000);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:1").build()) {
      Map<String, String> services =
          Map.of("echo", echo.serviceAddress(), "source", source.serviceAddress());
      TunnelSocketFactory sockets =
          client.socketFactory(
              (host, port) -> {
                if (!services.containsKey(host)) {
                  throw new UnknownHostException(host);
                }
                return new Target(Cloud.DEVICE, services.get(host));
              });
      try (Socket first = sockets.createSocket("echo", 7);
          Socket second = sockets.createSocket("source", 19)) {
        assertEchoes(first);
        assertThat(second.getInputStream().readAllBytes()).hasSize(1000);
      }
      assertThatThrownBy(() -> sockets.createSocket("other", 1))
          .isInstanceOf(UnknownHostException.class);
    }
  }

  @Test
  void driversFindSocketFactoryByName() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      NamedSocketFactory.register("plant-7", client.socketFactory());
      try (Socket byArgument = new NamedSocketFactory("plant-7").createSocket();
          Socket byHost = new NamedSocketFactory().createSocket()) {
        byArgument.connect(InetSocketAddress.createUnresolved("any", 1));
        assertEchoes(byArgument);
        byHost.connect(InetSocketAddress.createUnresolved("plant-7", 1));
        assertEchoes(byHost);
        assertThatThrownBy(() -> NamedSocketFactory.register("plant-7", client.socketFactory()))
            .isInstanceOf(IllegalStateException.class);
      } finally {
        NamedSocketFactory.unregister("plant-7");
      }
      assertThatThrownBy(() -> new NamedSocketFactory("plant-7").createSocket("any", 1))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("\"plant-7\"")
          .hasMessageContaining("registered names: []");
    }
  }

  @Test
  void closeSendsPendingWrites() throws Exception {
    int size = 4 << 20;
    try (SinkService service = SinkService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).drainTimeout(Duration.ofSeconds(20)).build()) {
      try (Socket socket = client.socketFactory().createSocket("turbine", 80)) {
        Upload.write(socket.getOutputStream(), 1, size);
      }
      assertThat(service.received()).isEqualTo(RandomBytes.digest(1, size));
    }
  }

  @Test
  void closedClientRejectsConnect() throws Exception {
    try (TestingCloud cloud = TestingCloud.started()) {
      TunnelClient client = cloud.client("127.0.0.1:1").build();
      TunnelSocketFactory sockets = client.socketFactory();
      client.close();
      assertThatThrownBy(() -> sockets.createSocket("turbine", 80))
          .isInstanceOf(SocketException.class)
          .hasMessage("this TunnelClient is closed");
    }
  }
}
