package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.LocalEnd.Entrance;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Order in which the service and the client send and close, and how each close arrives. */
final class CloseOrderTest {
  private static final byte[] BANNER = "SSH-2.0-gateway\r\n".getBytes(UTF_8);

  @RegisterExtension final Leaks leaks = new Leaks();

  static Stream<Arguments> cloudsAndEntrances() {
    return EveryByteTest.cloudsAndEntrances();
  }

  @ParameterizedTest
  @MethodSource("cloudsAndEntrances")
  void serviceBannerArrivesBeforeClientWrites(CloudKind kind, Entrance entrance) throws Exception {
    Service.Script script =
        socket -> {
          socket.getOutputStream().write(BANNER);
          assertThat(socket.getInputStream().read()).isEqualTo('x');
        };
    try (Service service = Service.started(script);
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        LocalEnd end = entrance.open(client)) {
      assertThat(end.in().readNBytes(BANNER.length)).isEqualTo(BANNER);
      end.out().write('x');
      assertThat(end.in().read()).isEqualTo(-1);
      assertThat(service.failures()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("cloudsAndEntrances")
  void immediateServiceCloseIsEndOfStream(CloudKind kind, Entrance entrance) throws Exception {
    try (Service service = Service.started(socket -> {});
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        LocalEnd end = entrance.open(client)) {
      assertThat(end.in().read()).isEqualTo(-1);
    }
  }

  /** A short reply may arrive and end before the client has processed the upgrade. */
  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void shortReplyArrivesComplete(CloudKind kind) throws Exception {
    try (Service service = Service.started(socket -> socket.getOutputStream().write(BANNER));
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build()) {
      for (int i = 0; i < 200; i++) {
        try (TunnelStream stream = client.open()) {
          assertThat(stream.inputStream().readAllBytes()).isEqualTo(BANNER);
        }
      }
      assertThat(service.failures()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Entrance.class)
  void refusedServiceBehindGatewayIsEndOfStream(Entrance entrance) throws Exception {
    try (ClosedPort port = new ClosedPort();
        Cloud cloud = TestingCloud.startedWithLateServiceDial();
        TunnelClient client = cloud.client(port.serviceAddress()).build();
        LocalEnd end = entrance.open(client)) {
      assertThat(end.in().read()).isEqualTo(-1);
    }
  }

  static Stream<Arguments> eachCloudAndEntranceOnce() {
    Stream<Arguments> streams = Stream.of(Arguments.of(CloudKind.TESTING, Entrance.STREAM));
    Stream<Arguments> listeners =
        Arrays.stream(CloudKind.values()).map(kind -> Arguments.of(kind, Entrance.LISTENER));
    return Stream.concat(streams, listeners);
  }

  /** The protocol has no half-close, but the reply must arrive. */
  @ParameterizedTest
  @MethodSource("eachCloudAndEntranceOnce")
  void replyArrivesLongAfterHalfClose(CloudKind kind, Entrance entrance) throws Exception {
    int count = 8 << 20;
    Service.Script script =
        socket -> {
          assertThat(socket.getInputStream().readNBytes(3)).isEqualTo("all".getBytes(UTF_8));
          pause(Duration.ofMillis(1500));
          new RandomBytes(4, count).transferTo(socket.getOutputStream());
        };
    try (Service service = Service.started(script);
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        LocalEnd end = entrance.open(client)) {
      end.out().write("all".getBytes(UTF_8));
      end.shutdownOutput();

      assertThat(Digest.of(end.in(), Long.MAX_VALUE)).isEqualTo(RandomBytes.digest(4, count));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** Pauses for a fixed time. */
  private static void pause(Duration time) throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void localResetClosesServiceConnectionSoon(CloudKind kind) throws Exception {
    try (Service service = Service.started(CloseOrderTest::readToEnd);
        Cloud cloud = kind.start();
        TunnelClient client =
            cloud.client(service).halfCloseTimeout(Duration.ofMinutes(10)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      socket.getOutputStream().write(BANNER);
      Await.until(() -> service.open() == 1);

      LocalEnd.reset(socket);

      // The connection ends well before the half-close timeout.
      Await.until(() -> service.open() == 0);
    }
  }

  private static void readToEnd(Socket socket) throws IOException {
    assertThat(socket.getInputStream().readAllBytes()).isEqualTo(BANNER);
  }

  @Test
  void streamReportsServiceReset() throws Exception {
    Service.Script script =
        socket -> {
          socket.getOutputStream().write(BANNER);
          assertThat(socket.getInputStream().read()).isEqualTo('x');
          socket.setSoLinger(true, 0);
        };
    try (Service service = Service.started(script);
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      InputStream in = stream.inputStream();
      assertThat(in.readNBytes(BANNER.length)).isEqualTo(BANNER);
      stream.outputStream().write('x');

      TunnelException e = catchThrowableOfType(TunnelException.class, in::read);

      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.REMOTE_CLOSED);
      assertThat(e.reason().code()).isEqualTo(1011);
      assertThat(e).hasMessageContaining("the service reset the connection");
    }
  }

  @Test
  void serviceResetResetsListenerClient() throws Exception {
    Service.Script script =
        socket -> {
          assertThat(socket.getInputStream().read()).isEqualTo('x');
          socket.setSoLinger(true, 0);
        };
    try (Service service = Service.started(script);
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = cloud.client(service).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      socket.getOutputStream().write('x');

      IOException e = catchThrowableOfType(IOException.class, socket.getInputStream()::read);

      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** Bytes received before a write failed remain readable, and may explain the failure. */
  @Test
  void bytesReceivedBeforeFailedWriteRemainReadable() throws Exception {
    ScriptedCloud.Script rejectUpload =
        connection -> {
          connection.write(
              connection.granted(), ServerFrames.binary(BANNER), ServerFrames.close(1000));
          assertThat(connection.readFrame().opcode()).isEqualTo(ServerFrames.BINARY);
          // Closing with bytes unread resets the connection.
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(rejectUpload);
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelStream stream = client.open()) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  stream.outputStream().write(new byte[64 << 10]);
                }
              })
          .isInstanceOf(TunnelException.class)
          .hasMessageContaining("the connection to the cloud was lost");

      assertThat(stream.inputStream().readAllBytes()).isEqualTo(BANNER);
      cloud.assertPlayed();
    }
  }
}
