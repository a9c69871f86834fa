package io.github.devicetunnel.it.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.SourceService;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the operations of a stream. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources early
class StreamTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private static CloseReason reasonOf(TunnelStream stream) throws Exception {
    return Await.get(stream.whenClosed().toCompletableFuture());
  }

  private static void assertEchoes(TunnelStream stream) throws IOException {
    stream.outputStream().write("hello".getBytes(UTF_8));
    assertThat(stream.inputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void readTimeoutLosesNoBytes() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      stream.setReadTimeout(SHORT);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> stream.inputStream().read())
            .isInstanceOf(SocketTimeoutException.class)
            .hasMessage("no data within the read timeout of 0.05 s");
      }
      stream.setReadTimeout(Duration.ZERO);
      assertEchoes(stream);
      stream.setReadTimeout(Await.LONG);
      assertEchoes(stream);
    }
  }

  /** Timeouts occur in headers, between the bytes of a payload, and within TLS records. */
  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "TESTING_TLS"})
  void timeoutsInsideFramesLoseNoBytes(CloudKind kind) throws Exception {
    // On a busy machine the proxy relays 500 bytes a second, and a cloud waits 10 s for the close.
    int count = 4_000;
    try (SourceService service = SourceService.started(7, count);
        Cloud cloud = kind.start();
        FaultProxy proxy = FaultProxy.start(cloud.uri());
        TunnelClient client = cloud.client(service).cloudUri(proxy.uri()).build()) {
      proxy.faults(Direction.TOWARD_CLIENT).singleBytes().throttle(20_000);
      try (TunnelStream stream = client.open()) {
        stream.setReadTimeout(Duration.ofMillis(1));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int timeouts = 0;
        boolean more = true;
        while (more) {
          try {
            more = readSome(stream.inputStream(), all);
          } catch (SocketTimeoutException e) {
            timeouts++;
          }
        }
        assertThat(Digest.of(new ByteArrayInputStream(all.toByteArray()), Long.MAX_VALUE))
            .isEqualTo(service.digest());
        assertThat(timeouts).isPositive();
      }
    }
  }

  private static boolean readSome(InputStream in, ByteArrayOutputStream out) throws IOException {
    byte[] piece = new byte[64];
    int count = in.read(piece);
    out.write(piece, 0, Math.max(count, 0));
    return count >= 0;
  }

  /** Clients use the shortest timeout to check whether an idle connection is still open. */
  @Test
  void shortestReadTimeoutReturnsAvailableBytes() throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(connection.granted(), ServerFrames.binary(new byte[] {'x'}));
          connection.readCloseCode();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client("127.0.0.1:1").build()) {
      try (TunnelStream stream = client.open()) {
        stream.setReadTimeout(Duration.ofNanos(1));
        assertThat(stream.inputStream().read()).isEqualTo('x');
      }
      cloud.assertPlayed();
    }
  }

  @Test
  void zeroLengthReadReturnsImmediately() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read(new byte[0])).isZero();
      assertThat(stream.inputStream().readNBytes(0)).isEmpty();
      assertEchoes(stream);
    }
  }

  @Test
  void writerDetectsClose() throws Exception {
    ScriptedCloud.Script closes =
        connection -> {
          connection.write(connection.granted());
          connection.readFrameExceptPings();
          connection.close(1011);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(closes);
        TunnelClient client =
            cloud.client("127.0.0.1:1").pingInterval(Duration.ofMillis(100)).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');

      CloseReason reason = reasonOf(stream);

      assertThat(reason.kind()).isEqualTo(Kind.REMOTE_CLOSED);
      assertThat(reason.code()).isEqualTo(1011);
      assertThatThrownBy(() -> stream.outputStream().write('y'))
          .isInstanceOf(TunnelException.class)
          .hasMessage(reason.message());
      assertThatThrownBy(() -> stream.inputStream().read()).hasMessage(reason.message());
    }
  }

  @Test
  void answersPingsWithoutReader() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    ScriptedCloud.Script pings =
        connection -> {
          connection.write(connection.granted(), ServerFrames.ping("anybody there?"));
          RawConnection.Frame frame = connection.readFrameExceptPings();
          assertThat(frame.payload()).isEqualTo("anybody there?");
          connection.write(ServerFrames.binary("late".getBytes(UTF_8)));
          answered.countDown();
          assertThat(connection.readCloseCode()).isEqualTo(1000);
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(pings);
        TunnelClient client =
            cloud.client("127.0.0.1:1").pingInterval(Duration.ofMillis(100)).build();
        TunnelStream stream = client.open()) {
      Await.reached(answered);
      assertThat(stream.inputStream().readNBytes(4)).isEqualTo("late".getBytes(UTF_8));
      stream.close();
      cloud.assertPlayed();
    }
  }

  /** Bytes that arrived before the end can be read at any later time. */
  @Test
  void endOfStreamFollowsUnreadBytes() throws Exception {
    try (SourceService service = SourceService.started(3, 200_000);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).pingInterval(Duration.ofMillis(100)).build();
        TunnelStream stream = client.open()) {
      assertThat(new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(stream.whenClosed().toCompletableFuture()).isNotDone();
      assertThat(Digest.of(stream.inputStream(), Long.MAX_VALUE)).isEqualTo(service.digest());
      assertThat(reasonOf(stream).isOrderly()).isTrue();
      assertThat(stream.inputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void callbackCanCloseStreamAndClient() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      CompletableFuture<Void> callback =
          stream
              .whenClosed()
              .thenAccept(
                  reason -> {
                    assertThat(reason.kind()).isEqualTo(Kind.LOCAL_CLOSED);
                    stream.close();
                    client.close();
                  })
              .toCompletableFuture();
      assertEchoes(stream);
      stream.close();
      Await.get(callback);
    }
  }

  @Test
  void interruptedReadLosesNoBytes() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      stream.setReadTimeout(SHORT);
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      // A stand-in thread now reads the stream.
      stream.setReadTimeout(Duration.ZERO);
      Thread.currentThread().interrupt();
      Throwable failure = catchThrowable(() -> stream.inputStream().read());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure)
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted while reading; the tunnel remains open");
      assertEchoes(stream);
    }
  }

  /** A socket of the JDK does the same, but the close reason must not blame the cloud. */
  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "TESTING_TLS"})
  @EnabledForJreRange(min = JRE.JAVA_21)
  void interruptedVirtualThreadClosesTunnel(CloudKind kind) throws Exception {
    try (EchoService service = EchoService.started();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      assertEchoes(stream);
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread reader =
          startVirtual(() -> failure.complete(catchThrowable(() -> stream.inputStream().read())));
      Await.until(() -> reader.getState() == Thread.State.WAITING);

      reader.interrupt();

      assertThat(Await.get(failure))
          .isInstanceOf(TunnelException.class)
          .hasMessage("interrupted while reading");
      assertThat(reasonOf(stream).kind()).isEqualTo(Kind.LOCAL_CLOSED);
    }
  }

  /** Calls {@code Thread.startVirtualThread}, which Java 17 does not have. */
  private static Thread startVirtual(Runnable task) throws ReflectiveOperationException {
    return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
  }

  @Test
  void concurrentReadersShareBytes() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      CompletableFuture<Integer> first = readOne(stream);
      CompletableFuture<Integer> second = readOne(stream);
      stream.outputStream().write(new byte[] {1, 2});
      int sum = Await.get(first) + Await.get(second);
      assertThat(sum).isEqualTo(3);
    }
  }

  private static CompletableFuture<Integer> readOne(TunnelStream stream) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(stream.inputStream().read());
              } catch (IOException e) {
                result.completeExceptionally(e);
              }
            },
            "test-reader");
    thread.start();
    return result;
  }

  @Test
  void shutdownOutputDoesNotWaitForWrite() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelStream stream = client.open()) {
      Upload upload = Upload.start(stream.outputStream(), 1, 64 << 20);
      stream.shutdownOutput();
      assertThatThrownBy(() -> stream.outputStream().write(1)).isInstanceOf(IOException.class);
      stream.close();
      assertThatThrownBy(upload::await).isInstanceOf(IOException.class);
    }
  }

  @Test
  void rejectsWritesAfterOutputShutdown() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write("hello".getBytes(UTF_8));
      stream.outputStream().close();
      assertThatThrownBy(() -> stream.outputStream().write(1))
          .hasMessage("the output of this tunnel was shut down");
      assertThat(stream.inputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
    }
  }

  @Test
  void channelCarriesBytesInBothDirections() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      ByteChannel channel = stream.channel();
      ByteBuffer sent = ByteBuffer.allocateDirect(100_000);
      while (sent.hasRemaining()) {
        sent.put((byte) sent.position());
      }
      Upload upload = Upload.running(() -> channel.write(sent.flip().duplicate()));
      ByteBuffer received = ByteBuffer.allocateDirect(100_000);
      while (received.hasRemaining()) {
        assertThat(channel.read(received)).isPositive();
      }
      upload.await();
      assertThat(received.flip()).isEqualTo(sent);
      assertThat(channel.isOpen()).isTrue();
      channel.close();
      assertThat(channel.isOpen()).isFalse();
      assertThatThrownBy(() -> channel.read(received.clear()))
          .isInstanceOf(ClosedChannelException.class);
      assertThatThrownBy(() -> channel.write(received)).isInstanceOf(ClosedChannelException.class);
      assertThat(reasonOf(stream).kind()).isEqualTo(Kind.LOCAL_CLOSED);
    }
  }

  @Test
  void opensAsynchronously() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      CompletableFuture<TunnelStream> opening = client.openAsync();
      try (TunnelStream stream = Await.get(opening)) {
        assertEchoes(stream);
      }
    }
  }

  @Test
  void futureReportsRejection() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        ClosedPort closedPort = new ClosedPort();
        TunnelClient client = cloud.client(closedPort.serviceAddress()).build()) {
      CompletableFuture<TunnelStream> opening = client.openAsync();
      assertThatThrownBy(() -> Await.get(opening))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TunnelRejectedException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void canceledOrTimedOutFutureAbortsDial(boolean cancels) throws Exception {
    CountDownLatch requested = new CountDownLatch(1);
    ScriptedCloud.Script neverAnswers =
        connection -> {
          requested.countDown();
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(neverAnswers);
        TunnelClient client =
            cloud.client("127.0.0.1:1").connectTimeout(Duration.ofMinutes(10)).build()) {
      CompletableFuture<TunnelStream> opening = client.openAsync();
      Await.reached(requested);
      if (cancels) {
        opening.cancel(true);
      } else {
        opening.orTimeout(1, TimeUnit.MILLISECONDS);
      }
      cloud.assertPlayed();
    }
  }
}
