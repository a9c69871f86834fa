package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.BareClose;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.listen.Received.End;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelledPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Differences between how a tunnel and a direct connection end, by situation. */
final class CloseDifferences {
  private static final String BANNER = "220 controller 4 ready\r\n";
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofMillis(300);
  private static final Set<CloudKind> KINDS = EnumSet.of(CloudKind.TESTING, CloudKind.NODE);

  /** Bytes that are discarded, plus those in the buffers of two local connections. */
  private static final long MAX_LATE_BYTES = 17 << 20;

  private CloseDifferences() {}

  /** Returns the scenes by the situation that shows a difference. */
  static Map<String, DifferenceScene> scenes() {
    return Map.of(
        "the service does not listen, or the cloud rejects the tunnel",
        folder -> serviceDoesNotListen(),
        "the local program half-closes and continues to read (`nc -N`)",
        folder -> localProgramHalfCloses(),
        "the local program closes its connection",
        folder -> localProgramCloses(),
        "the service half-closes and continues to read",
        folder -> serviceHalfCloses(),
        "the local program writes after the service has closed",
        folder -> lateWriter(),
        "the local program resets its connection",
        folder -> localProgramResets(),
        "the service resets its connection",
        folder -> serviceResets(),
        "the service resets its connection, and the listener is a unix socket",
        CloseDifferences::serviceResetsUnixSocket);
  }

  private static Received read(SocketAddress address) throws IOException {
    try (Socket socket = LocalEnd.connect(address)) {
      return Received.from(socket);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static void serviceDoesNotListen() throws Exception {
    try (ClosedPort port = new ClosedPort();
        Cloud cloud = TestingCloud.started();
        Cloud gatewayCloud = TestingCloud.startedWithLateServiceDial();
        TunnelClient client = cloud.client(port.serviceAddress()).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        TunnelClient gatewayClient = gatewayCloud.client(port.serviceAddress()).build();
        TunnelListener gatewayListener = gatewayClient.listen(Loopback.anyPort())) {
      String number = port.serviceAddress().split(":", 2)[1];
      assertThatThrownBy(() -> read(Loopback.port(Integer.parseInt(number))))
          .isInstanceOf(ConnectException.class);
      assertThat(read(listener.localAddress())).isEqualTo(Received.of("", End.RESET));
      assertThat(read(gatewayListener.localAddress()))
          .isEqualTo(Received.of("", End.END_OF_STREAM));
    }
  }

  private static Received halfClose(SocketAddress address) throws IOException {
    try (Socket socket = LocalEnd.connect(address)) {
      write(socket, "question");
      socket.shutdownOutput();
      return Received.from(socket);
    }
  }

  private static void localProgramHalfCloses() throws Exception {
    Service.Script answerAfterEnd =
        socket -> {
          byte[] question = socket.getInputStream().readAllBytes();
          socket.getOutputStream().write(question);
        };
    try (Service service = Service.started(answerAfterEnd)) {
      assertThat(halfClose(service.address()))
          .isEqualTo(Received.of("question", End.END_OF_STREAM));
      for (CloudKind kind : KINDS) {
        try (TunnelledPort port =
            TunnelledPort.to(service.serviceAddress(), kind, HALF_CLOSE_TIMEOUT)) {
          assertThat(halfClose(port.address())).isEqualTo(Received.of("", End.RESET));
        }
      }
    }
  }

  /** {@code TcpEndTest} of tunnel-core covers a client on another machine. */
  private static void localProgramCloses() throws Exception {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    DirectAndTunnel.LocalProgram<Received> close =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            write(socket, "question");
          }
          return Await.next(received);
        };
    try (Service service = Service.started(socket -> received.add(Received.from(socket)))) {
      DirectAndTunnel.run(KINDS, service.address(), close)
          .assertAll(Received.of("question", End.END_OF_STREAM));
      try (TunnelledPort port =
          TunnelledPort.to(service.serviceAddress(), CloudKind.TESTING, HALF_CLOSE_TIMEOUT)) {
        assertThat(halfClose(port.address())).isEqualTo(Received.of("", End.RESET));
        assertThat(Await.next(received)).isEqualTo(Received.of("question", End.END_OF_STREAM));
      }
    }
  }

  private static void serviceHalfCloses() throws Exception {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    Service.Script keepReading =
        socket -> {
          write(socket, BANNER);
          socket.shutdownOutput();
          received.add(Received.from(socket));
        };
    DirectAndTunnel.LocalProgram<Received> writeAfterEnd =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            assertThat(Received.from(socket)).isEqualTo(Received.of(BANNER, End.END_OF_STREAM));
            write(socket, "more");
          }
          return Await.next(received);
        };
    try (Service service = Service.started(keepReading)) {
      DirectAndTunnel<Received> results =
          DirectAndTunnel.run(KINDS, service.address(), writeAfterEnd);
      assertThat(results.direct()).isEqualTo(Received.of("more", End.END_OF_STREAM));
      assertThat(results.tunnels().values()).containsOnly(Received.of("", End.END_OF_STREAM));
    }
  }

  private static void lateWriter() throws Exception {
    DirectAndTunnel.LocalProgram<Writes> slow =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            assertThat(Received.from(socket)).isEqualTo(Received.of("", End.END_OF_STREAM));
            return Writes.slowlyUntilFailure(socket.getOutputStream());
          }
        };
    DirectAndTunnel.LocalProgram<Writes> fast =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            assertThat(Received.from(socket)).isEqualTo(Received.of("", End.END_OF_STREAM));
            return Writes.untilFailure(socket.getOutputStream());
          }
        };
    try (Service service = Service.started(socket -> {})) {
      DirectAndTunnel<Writes> slowly = DirectAndTunnel.run(KINDS, service.address(), slow);
      assertThat(slowly.direct().bytes()).isLessThan(4);
      assertThat(slowly.tunnels().values())
          .allMatch(writes -> writes.bytes() >= 4)
          .allMatch(writes -> writes.time().compareTo(Duration.ofSeconds(5)) < 0);
      assertThat(DirectAndTunnel.run(KINDS, service.address(), fast).all())
          .allMatch(writes -> writes.bytes() < MAX_LATE_BYTES);
    }
  }

  private static void localProgramResets() throws Exception {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    DirectAndTunnel.LocalProgram<Received> reset =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            assertThat(socket.getInputStream().read()).isEqualTo('x');
            LocalEnd.reset(socket);
          }
          return Await.next(received);
        };
    Service.Script recordEnd =
        socket -> {
          write(socket, "x");
          received.add(Received.from(socket));
        };
    try (Service service = Service.started(recordEnd)) {
      DirectAndTunnel<Received> results = DirectAndTunnel.run(KINDS, service.address(), reset);
      assertThat(results.direct()).isEqualTo(Received.of("", End.RESET));
      assertThat(results.tunnels().values()).containsOnly(Received.of("", End.END_OF_STREAM));
    }
  }

  private static Received request(SocketAddress address) throws IOException {
    try (Socket socket = LocalEnd.connect(address)) {
      write(socket, "x");
      return Received.from(socket);
    }
  }

  private static Service resettingService() throws IOException {
    return Service.started(
        socket -> {
          assertThat(socket.getInputStream().read()).isEqualTo('x');
          write(socket, BANNER);
          LocalEnd.reset(socket);
        });
  }

  /** A reset as relayed by a gateway that closes its websocket without a close frame. */
  private static void serviceResets() throws Exception {
    ScriptedCloud.Script endWithoutCloseFrame =
        connection -> {
          connection.write(connection.granted());
          assertThat(connection.readFrameExceptPings().payload()).isEqualTo("x");
          connection.write(ServerFrames.binary(BANNER.getBytes(US_ASCII)));
        };
    try (Service service = resettingService();
        ScriptedCloud cloud = ScriptedCloud.started(endWithoutCloseFrame);
        TunnelClient client = cloud.client("127.0.0.1:80").build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        TunnelClient strict = client.newBuilder().bareClose(BareClose.RESET).build();
        TunnelListener strictListener = strict.listen(Loopback.anyPort())) {
      assertThat(request(service.address())).isEqualTo(Received.of(BANNER, End.RESET));
      assertThat(request(listener.localAddress()))
          .isEqualTo(Received.of(BANNER, End.END_OF_STREAM));
      assertThat(request(strictListener.localAddress())).isEqualTo(Received.of(BANNER, End.RESET));
    }
  }

  private static void serviceResetsUnixSocket(Path folder) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (Service service = resettingService();
        Cloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        TunnelListener unixListener = client.listen(address);
        SocketChannel unix = SocketChannel.open(address)) {
      assertThat(unixListener).isNotNull();
      assertThat(request(service.address())).isEqualTo(Received.of(BANNER, End.RESET));
      assertThat(request(listener.localAddress())).isEqualTo(Received.of(BANNER, End.RESET));
      unix.write(ByteBuffer.wrap(new byte[] {'x'}));
      ByteBuffer received = ByteBuffer.allocate(100);
      while (unix.read(received) >= 0) {
        // Read to the end of the stream.
      }
      assertThat(received.position()).isEqualTo(BANNER.length());
    }
  }
}
