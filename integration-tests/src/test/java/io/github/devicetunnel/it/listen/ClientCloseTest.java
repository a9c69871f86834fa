package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.GatewayService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.SinkService;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Distinguishes a local client that closes its connection from one that half-closes it. */
@EnabledOnOs(OS.LINUX)
final class ClientCloseTest {
  private static final byte[] QUESTION = "question".getBytes(US_ASCII);
  private static final byte[] ANSWER = "answer".getBytes(US_ASCII);

  /** Longer than {@link Await#LONG}, so that a test that waits for it fails. */
  private static final Duration HALF_CLOSE_TIMEOUT = Await.LONG.multipliedBy(3);

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  private final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();

  private TunnelClient client(Cloud cloud, GatewayService service) {
    return client(cloud.client(service).halfCloseTimeout(HALF_CLOSE_TIMEOUT));
  }

  private TunnelClient client(TunnelClient.Builder builder) {
    return builder
        .addEventListener(
            new TunnelEventListener() {
              @Override
              public void closed(ConnectionInfo connection, CloseReason reason) {
                closed.add(reason);
              }
            })
        .build();
  }

  private CloseReason nextReason() throws InterruptedException {
    CloseReason reason = Await.next(closed);
    assertThat(reason).as("close reason").isNotNull();
    return reason;
  }

  /**
   * Starts a service that answers and then waits until its connection closes. It handles one
   * connection at a time.
   */
  private static Service answeringService(CountDownLatch serviceEnds) throws IOException {
    return Service.started(
        socket -> {
          assertThat(socket.getInputStream().readNBytes(QUESTION.length)).isEqualTo(QUESTION);
          socket.getOutputStream().write(ANSWER);
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
          serviceEnds.countDown();
        });
  }

  @ParameterizedTest
  @EnumSource
  void clientCloseClosesServiceConnection(CloudKind kind) throws Exception {
    CountDownLatch serviceEnds = new CountDownLatch(3);
    try (Service service = answeringService(serviceEnds);
        Cloud cloud = kind.start();
        TunnelClient client = client(cloud, service);
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      for (int i = 0; i < 3; i++) {
        try (Socket socket = LocalEnd.connect(listener)) {
          exchange(socket);
        }
        CloseReason reason = nextReason();
        assertThat(reason.kind()).as(reason.message()).isEqualTo(Kind.LOCAL_CLOSED);
        assertThat(reason.endedBy()).isEqualTo(EndedBy.LOCAL);
        assertThat(reason.isOrderly()).isTrue();
        assertThat(reason.message()).isEqualTo("the local client closed its connection");
      }
      Await.reached(serviceEnds);
      assertThat(service.failures()).isEmpty();
    }
  }

  private static void exchange(Socket socket) throws IOException {
    socket.getOutputStream().write(QUESTION);
    assertThat(socket.getInputStream().readNBytes(ANSWER.length)).isEqualTo(ANSWER);
  }

  @Test
  void clientCloseIsDetectedOverIpv6() throws Exception {
    CountDownLatch serviceEnds = new CountDownLatch(1);
    try (Service service = answeringService(serviceEnds);
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = client(cloud, service);
        TunnelListener listener =
            client.listen(new InetSocketAddress(Inet6Address.getByName("::1"), 0))) {
      try (Socket socket = LocalEnd.connect(listener)) {
        exchange(socket);
      }
      assertThat(nextReason().kind()).isEqualTo(Kind.LOCAL_CLOSED);
      Await.reached(serviceEnds);
    }
  }

  @Test
  void clientCloseIsDetectedOnUnixSocket() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    CountDownLatch serviceEnds = new CountDownLatch(1);
    try (Service service = answeringService(serviceEnds);
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = client(cloud, service);
        TunnelListener listener = client.listen(address)) {
      assertThat(listener).isNotNull();
      try (SocketChannel socket = SocketChannel.open(address)) {
        exchangeUnix(socket);
      }
      assertThat(nextReason().kind()).isEqualTo(Kind.LOCAL_CLOSED);
      Await.reached(serviceEnds);
    }
  }

  private static void exchangeUnix(SocketChannel socket) throws IOException {
    socket.write(ByteBuffer.wrap(QUESTION));
    ByteBuffer answer = ByteBuffer.allocate(ANSWER.length);
    while (answer.hasRemaining() && socket.read(answer) >= 0) {
      // Read the whole answer.
    }
    assertThat(answer.array()).isEqualTo(ANSWER);
  }

  /** The client half-closes its connection, and closes it later. */
  @Test
  void clientCloseIsDetectedLongAfterHalfClose() throws Exception {
    CountDownLatch serviceEnds = new CountDownLatch(1);
    try (Service service = answeringService(serviceEnds);
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = client(cloud, service);
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      try (Socket socket = LocalEnd.connect(listener)) {
        socket.getOutputStream().write(QUESTION);
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readNBytes(ANSWER.length)).isEqualTo(ANSWER);
        // Fixed pause: a half-closed socket must not count as closed.
        assertThat(closed.poll(1500, TimeUnit.MILLISECONDS)).isNull();
      }
      assertThat(nextReason().kind()).isEqualTo(Kind.LOCAL_CLOSED);
      Await.reached(serviceEnds);
    }
  }

  @Test
  void replyArrivesAfterHalfCloseOfUnixSocket() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    CountDownLatch replyAllowed = new CountDownLatch(1);
    Service.Script script =
        socket -> {
          assertThat(socket.getInputStream().readNBytes(QUESTION.length)).isEqualTo(QUESTION);
          Await.reached(replyAllowed);
          socket.getOutputStream().write(ANSWER);
        };
    try (Service service = Service.started(script);
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = client(cloud, service);
        TunnelListener listener = client.listen(address);
        SocketChannel socket = SocketChannel.open(address)) {
      assertThat(listener).isNotNull();
      socket.write(ByteBuffer.wrap(QUESTION));
      socket.shutdownOutput();
      assertThat(closed.poll(1500, TimeUnit.MILLISECONDS)).isNull();
      replyAllowed.countDown();
      ByteBuffer answer = ByteBuffer.allocate(100);
      while (socket.read(answer) >= 0) {
        // Read to the end.
      }
      assertThat(answer.position()).isEqualTo(ANSWER.length);
    }
  }

  /** Bytes that a client wrote before it closed still arrive, as on a direct connection. */
  @Test
  void serviceReceivesAllBytesBeforeClose() throws Exception {
    int count = 8 << 20;
    try (SinkService service = SinkService.started();
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = client(cloud, service);
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      try (Socket socket = LocalEnd.connect(listener)) {
        Upload.write(socket.getOutputStream(), 3, count);
      }
      assertThat(service.received()).isEqualTo(RandomBytes.digest(3, count));
      CloseReason reason = nextReason();
      assertThat(reason.kind()).as(reason.message()).isEqualTo(Kind.LOCAL_CLOSED);
      assertThat(reason.bytesUp()).isEqualTo(count);
    }
  }

  /** Starts a cloud that does not answer a dial until the latch opens. */
  private static ScriptedCloud silentCloud(CountDownLatch answerAllowed) throws IOException {
    return ScriptedCloud.started(
        connection -> answerAllowed.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS));
  }

  private TunnelClient patientClient(ScriptedCloud cloud) {
    return client(cloud.client("127.0.0.1:80").connectTimeout(HALF_CLOSE_TIMEOUT));
  }

  /** How a client ends its connection during the dial. */
  enum ClientEnd {
    CLOSE,
    RESET
  }

  @ParameterizedTest
  @EnumSource
  void clientCloseOrResetAbortsDial(ClientEnd clientEnd) throws Exception {
    int count = 40;
    CountDownLatch silence = new CountDownLatch(1);
    try (ScriptedCloud cloud = silentCloud(silence);
        TunnelClient client = patientClient(cloud);
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sockets.add(LocalEnd.connect(listener));
      }
      Await.until(() -> cloud.requests() == count);
      for (Socket socket : sockets) {
        if (clientEnd == ClientEnd.RESET) {
          LocalEnd.reset(socket);
        } else {
          socket.close();
        }
      }
      for (int i = 0; i < count; i++) {
        CloseReason reason = nextReason();
        assertThat(reason.kind()).as(reason.message()).isEqualTo(Kind.LOCAL_CLOSED);
        assertThat(reason.message())
            .startsWith("the local client closed its connection before the tunnel was open");
      }
      silence.countDown();
    }
  }

  @Test
  void unixClientCloseAbortsDial() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    CountDownLatch silence = new CountDownLatch(1);
    try (ScriptedCloud cloud = silentCloud(silence);
        TunnelClient client = patientClient(cloud);
        TunnelListener listener = client.listen(address)) {
      assertThat(listener).isNotNull();
      SocketChannel.open(address).close();
      assertThat(nextReason().kind()).isEqualTo(Kind.LOCAL_CLOSED);
      silence.countDown();
    }
  }

  /**
   * The client writes and closes at once. Its bytes reach the service, as on a direct connection.
   */
  @ParameterizedTest
  @EnumSource(LocalKind.class)
  void bytesOfClientClosedDuringDialAreDelivered(LocalKind kind) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    CountDownLatch pause = new CountDownLatch(1);
    ScriptedCloud.Script slowUpgrade =
        connection -> {
          // Longer than two checks for a closed client.
          assertThat(pause.await(1500, TimeUnit.MILLISECONDS)).isFalse();
          connection.write(connection.granted());
          StringBuilder all = new StringBuilder();
          RawConnection.Frame frame = connection.readFrame();
          while (frame.opcode() != ServerFrames.CLOSE) {
            if (frame.opcode() == ServerFrames.BINARY) {
              all.append(frame.payload());
            } else {
              connection.write(ServerFrames.pong(frame.payload()));
            }
            frame = connection.readFrame();
          }
          received.add(all.toString());
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(slowUpgrade);
        TunnelClient client =
            cloud.client("127.0.0.1:80").halfCloseTimeout(HALF_CLOSE_TIMEOUT).build();
        TunnelListener listener =
            kind == LocalKind.TCP ? client.listen(Loopback.anyPort()) : client.listen(address)) {
      if (kind == LocalKind.TCP) {
        try (Socket socket = LocalEnd.connect(listener)) {
          socket.getOutputStream().write(QUESTION);
        }
      } else {
        try (SocketChannel socket = SocketChannel.open(address)) {
          socket.write(ByteBuffer.wrap(QUESTION));
        }
      }
      assertThat(Await.next(received)).isEqualTo("question");
    }
  }

  enum LocalKind {
    TCP,
    UNIX
  }
}
