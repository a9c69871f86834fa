package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Distinguishes a silent cloud from a slow cloud or a slow local client. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources before the end of the block
class LivenessTest {
  private static final Duration PING = Duration.ofMillis(100);

  private static TunnelClient client(ScriptedCloud cloud, Duration liveness, Duration write) {
    return cloud
        .client("127.0.0.1:1")
        .pingInterval(PING)
        .livenessTimeout(liveness)
        .writeTimeout(write)
        .build();
  }

  private static CloseReason failureOf(TunnelStream stream) {
    TunnelException failure =
        catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
    assertThat(failure).isNotNull();
    return failure.reason();
  }

  @Test
  void idleConnectionToFrozenCloudFails() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client = client(cloud, Duration.ofMillis(500), Duration.ofMinutes(2));
        TunnelStream stream = client.open()) {
      CloseReason reason = failureOf(stream);
      assertThat(reason.kind()).isEqualTo(Kind.SILENT_CLOUD);
      assertThat(reason.endedBy()).isEqualTo(CloseReason.EndedBy.CLOUD);
      assertThat(reason.message()).startsWith("no data and no pong from the cloud for ");
    }
  }

  /** A healthy cloud may send nothing until it is pinged, so pings must be early enough. */
  @ParameterizedTest
  @ValueSource(longs = {5_000, 600_000})
  void livenessTimeoutBelowPingIntervalKeepsIdleConnection(long pingMillis) throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .pingInterval(Duration.ofMillis(pingMillis))
                .livenessTimeout(Duration.ofSeconds(4))
                .build();
        TunnelStream stream = client.open()) {
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return stream.inputStream().read();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      Await.until("an answered ping", () -> stream.stats().roundTrip() != null);
      long answered = System.nanoTime();
      Await.until(() -> System.nanoTime() - answered > TimeUnit.SECONDS.toNanos(6));
      stream.outputStream().write('x');
      assertThat(Await.get(read)).isEqualTo('x');
    }
  }

  @Test
  void pendingWriteDoesNotExtendLivenessTimeout() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client = client(cloud, Duration.ofMillis(500), Duration.ofMinutes(2));
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      local.getOutputStream().write("is anybody there?\n".getBytes(UTF_8));
      assertThatThrownBy(() -> local.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void everyReceivedByteCountsAsLiveness() throws Exception {
    CountDownLatch pause = new CountDownLatch(1);
    ScriptedCloud.Script sendWithoutPongs =
        connection -> {
          connection.write(connection.granted());
          for (int i = 0; i < 15; i++) {
            connection.write(ServerFrames.binary(new byte[1]));
            assertThat(pause.await(200, TimeUnit.MILLISECONDS)).isFalse();
          }
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendWithoutPongs);
        TunnelClient client = client(cloud, Duration.ofSeconds(2), Duration.ofMinutes(2));
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().readAllBytes()).hasSize(15);
    }
  }

  /**
   * The cloud does not answer pings either, because its pongs wait behind bytes that are not read.
   */
  @Test
  void stalledLocalReaderKeepsTunnelOpen() throws Exception {
    int size = 32 << 20;
    ScriptedCloud.Script sendAll =
        connection -> {
          connection.write(connection.granted());
          connection.write(ServerFrames.header(ServerFrames.FIN | ServerFrames.BINARY, size));
          byte[] piece = new byte[1 << 16];
          for (int sent = 0; sent < size; sent += piece.length) {
            connection.write(piece);
          }
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendAll);
        TunnelClient client = client(cloud, Duration.ofSeconds(1), Duration.ofSeconds(1));
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      assertThat(local.getInputStream().read()).isZero();
      assertThat(new CountDownLatch(1).await(2500, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(count(local.getInputStream())).isEqualTo(size - 1);
    }
  }

  @Test
  void uploadSurvivesPausingCloud() throws Exception {
    int size = 16 << 20;
    CountDownLatch resume = new CountDownLatch(1);
    CountDownLatch complete = new CountDownLatch(1);
    ScriptedCloud.Script pauseAndRead =
        connection -> {
          connection.write(connection.granted());
          Await.reached(resume);
          connection.skipPayload(size);
          complete.countDown();
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(pauseAndRead);
        TunnelClient client = client(cloud, Duration.ofMillis(500), Duration.ofMinutes(2));
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      Upload upload = Upload.start(local.getOutputStream(), 1, size);
      assertThat(complete.await(1500, TimeUnit.MILLISECONDS)).isFalse();
      resume.countDown();
      upload.await();
      Await.reached(complete);
      assertThat(local.getInputStream().read()).isEqualTo(-1);
      cloud.assertPlayed();
    }
  }

  @Test
  void blockedUploadFailsAfterWriteTimeout() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client = client(cloud, Duration.ofMillis(300), Duration.ofSeconds(1));
        TunnelStream stream = client.open()) {
      Upload upload = Upload.start(stream.outputStream(), 1, 256 << 20);
      CloseReason reason = failureOf(stream);
      assertThat(reason.kind()).isIn(Kind.WRITE_TIMEOUT, Kind.SILENT_CLOUD);
      assertThat(reason.bytesUp()).isGreaterThan(64 << 10);
      assertThatThrownBy(upload::await).hasRootCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void blockedPongsFailAfterWriteTimeout() throws Exception {
    ScriptedCloud.Script floodWithPings =
        connection -> {
          connection.write(connection.granted());
          // Pings of the maximum length, because the pongs must fill the buffers of both systems.
          byte[] pings =
              ServerFrames.bytes(
                  Collections.nCopies(100, ServerFrames.ping("?".repeat(125)))
                      .toArray(new byte[0][]));
          connection.writeUntilEnd(pings);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(floodWithPings);
        TunnelClient client = client(cloud, Duration.ofSeconds(20), Duration.ofSeconds(1));
        TunnelStream stream = client.open()) {
      assertThat(failureOf(stream).kind()).isEqualTo(Kind.WRITE_TIMEOUT);
    }
  }

  @Test
  void blockedWriterFailsWithoutReader() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client = client(cloud, Duration.ofMillis(300), Duration.ofSeconds(1));
        TunnelStream stream = client.open()) {
      TunnelException failure =
          catchThrowableOfType(
              TunnelException.class, () -> Upload.write(stream.outputStream(), 1, 256 << 20));
      assertThat(failure).isNotNull();
      // The application does not read, so the library reads instead. Either timeout may expire
      // first.
      assertThat(failure.reason().kind()).isIn(Kind.WRITE_TIMEOUT, Kind.SILENT_CLOUD);
    }
  }

  @Test
  void livenessTimeoutRequiresPings() throws Exception {
    CountDownLatch resume = new CountDownLatch(1);
    ScriptedCloud.Script sendLate =
        connection -> {
          connection.write(connection.granted());
          Await.reached(resume);
          connection.write(ServerFrames.binary("late".getBytes(UTF_8)), ServerFrames.close(1000));
          assertThat(connection.readFrame().opcode())
              .as("first frame")
              .isEqualTo(ServerFrames.CLOSE);
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendLate);
        TunnelClient client =
            cloud
                .client("127.0.0.1:1")
                .pingInterval(Duration.ZERO)
                .livenessTimeout(Duration.ofMillis(100))
                .build();
        TunnelStream stream = client.open()) {
      Upload reading = Upload.running(() -> assertThat(stream.inputStream().read()).isEqualTo('l'));
      assertThat(new CountDownLatch(1).await(1, TimeUnit.SECONDS)).isFalse();
      resume.countDown();
      reading.await();
      assertThat(new String(stream.inputStream().readAllBytes(), UTF_8)).isEqualTo("ate");
      stream.close();
      cloud.assertPlayed();
    }
  }

  @Test
  void pingsAreSentBetweenUploadFrames() throws Exception {
    int size = 8 << 20;
    ScriptedCloud.Script countPings =
        connection -> {
          connection.write(connection.granted());
          CountDownLatch pause = new CountDownLatch(1);
          int pings = 0;
          for (long read = 0; read < size; ) {
            RawConnection.Frame frame = connection.readFrame();
            if (frame.opcode() == ServerFrames.PING) {
              pings++;
              assertThat(read).as("bytes before a ping").isEqualTo(position(frame));
            } else {
              read += frame.payload().length();
              assertThat(pause.await(10, TimeUnit.MILLISECONDS)).isFalse();
            }
          }
          assertThat(pings).isPositive();
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(countPings);
        TunnelClient client = client(cloud, Duration.ofSeconds(10), Duration.ofMinutes(2));
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      Upload.write(local.getOutputStream(), 1, size);
      assertThat(local.getInputStream().read()).isEqualTo(-1);
      cloud.assertPlayed();
    }
  }

  /** Returns the number of bytes sent before a ping, which its first eight bytes contain. */
  private static long position(RawConnection.Frame ping) {
    return ping.payload()
        .substring(0, Long.BYTES)
        .chars()
        .asLongStream()
        .reduce(0, (sum, b) -> sum << 8 | b);
  }

  private static long count(InputStream in) throws IOException {
    byte[] piece = new byte[1 << 16];
    long total = 0;
    for (int count; (count = in.read(piece)) >= 0; ) {
      total += count;
    }
    return total;
  }
}
