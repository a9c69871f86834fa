package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TargetResolver;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests streams on which two operations coincide. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources early
class StreamRaceTest {
  private static final InetSocketAddress TURBINE =
      InetSocketAddress.createUnresolved("turbine", 80);

  /** The action of an event listener. */
  private interface Callback {
    void call(ConnectionInfo connection) throws Exception;
  }

  private static TunnelEventListener onOpened(Callback callback) {
    return new TunnelEventListener() {
      @Override
      public void opened(ConnectionInfo connection) {
        call(callback, connection);
      }
    };
  }

  private static TunnelEventListener onBytesReceived(Callback callback) {
    return new TunnelEventListener() {
      @Override
      public void bytesReceived(ConnectionInfo connection, int count) {
        call(callback, connection);
      }
    };
  }

  private static void call(Callback callback, ConnectionInfo connection) {
    try {
      callback.call(connection);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static boolean anyThreadRuns(String name, String method) {
    Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
    return stacks.entrySet().stream()
        .filter(entry -> entry.getKey().getName().startsWith(name))
        .flatMap(entry -> Arrays.stream(entry.getValue()))
        .anyMatch(frame -> frame.getMethodName().equals(method));
  }

  /** An interrupted platform thread continues to read, as from a socket, even in its first read. */
  @Test
  void firstReadOfInterruptedThreadContinues() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    ScriptedCloud.Script speaksLate =
        connection -> {
          connection.write(connection.granted());
          Await.reached(reading);
          connection.write(ServerFrames.binary("late".getBytes(UTF_8)));
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(speaksLate);
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelStream stream = client.open()) {
      Upload reader =
          Upload.running(
              () -> {
                Thread.currentThread().interrupt();
                reading.countDown();
                assertThat(stream.inputStream().readNBytes(4)).isEqualTo("late".getBytes(UTF_8));
                assertThat(Thread.interrupted()).isTrue();
              });
      reader.await();
    }
  }

  @Test
  void connectTimesOutWhileCancelBlocks() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    EventListener slow =
        new EventListener() {
          @Override
          public void canceled(Call call) {
            Await.until(() -> failed.getCount() == 0);
          }
        };
    OkHttpClient okHttpClient = new OkHttpClient.Builder().eventListener(slow).build();
    try (ScriptedCloud cloud = ScriptedCloud.silent();
        TunnelClient client = cloud.client("127.0.0.1:1").okHttpClient(okHttpClient).build();
        Socket socket = client.socketFactory().createSocket()) {
      assertThatThrownBy(() -> socket.connect(TURBINE, 100))
          .isInstanceOf(SocketTimeoutException.class);
      failed.countDown();
    }
  }

  /** An event listener of the application must not delay the timeouts of other dials. */
  @Test
  void timesOutWhileCancelOfAnotherDialBlocks() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    EventListener blocking =
        new EventListener() {
          @Override
          public void canceled(Call call) {
            cancelled.countDown();
            Await.until(() -> release.getCount() == 0);
          }
        };
    OkHttpClient okHttpClient = new OkHttpClient.Builder().eventListener(blocking).build();
    try (ScriptedCloud cloud = ScriptedCloud.silent();
        TunnelClient client =
            cloud
                .client("127.0.0.1:1")
                .okHttpClient(okHttpClient)
                .connectTimeout(Duration.ofMillis(100))
                .maxBackoff(Duration.ZERO)
                .build()) {
      for (int i = 0; i < 3; i++) {
        Upload dial = Upload.running(client::open);
        assertThatThrownBy(dial::await).hasStackTraceContaining("no answer within 0.1 s");
        Await.reached(cancelled);
      }
      assertThat(client.close(Duration.ZERO).aborted()).isZero();
    } finally {
      release.countDown();
    }
  }

  @Test
  void closesSocketWhileResolverRuns() throws Exception {
    CompletableFuture<Target> answer = new CompletableFuture<>();
    CountDownLatch requested = new CountDownLatch(1);
    TargetResolver slow =
        (host, port) -> {
          requested.countDown();
          return answer.orTimeout(Await.LONG.toMillis(), TimeUnit.MILLISECONDS).join();
        };
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        Socket socket = client.socketFactory(slow).createSocket()) {
      Upload connecting = Upload.running(() -> socket.connect(TURBINE));
      Await.reached(requested);
      socket.close();
      answer.complete(new Target(Cloud.DEVICE, service.serviceAddress()));
      assertThatThrownBy(connecting::await).cause().hasMessage("Socket closed");
      assertThat(service.accepted()).isZero();
    }
  }

  /** No task of the stream keeps running, although other clients keep the threads. */
  @Test
  void closesSocketWhileStreamOpens() throws Exception {
    AtomicReference<Socket> socket = new AtomicReference<>();
    TunnelEventListener closing =
        onOpened(
            connection -> {
              socket.get().close();
              Await.until(() -> anyThreadRuns("tunnel-helper", "awaitTaker"));
            });
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(closing).build();
        Socket closed = client.socketFactory().createSocket()) {
      socket.set(closed);
      closed.connect(TURBINE);
      Await.until(() -> !anyThreadRuns("tunnel-timer", "awaitNanos"));
    }
  }

  @Test
  void closesClientWhileStreamOpens() throws Exception {
    AtomicReference<TunnelClient> opening = new AtomicReference<>();
    TunnelEventListener closing = onOpened(connection -> opening.get().close(Duration.ZERO));
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(closing).build()) {
      opening.set(client);
      try (TunnelStream stream = client.open()) {
        assertThatThrownBy(() -> stream.inputStream().read())
            .isInstanceOf(TunnelException.class)
            .hasMessage("aborted because its listener or client was closed");
      }
    }
  }

  @Test
  void callbacksCloseEachOthersStreams() throws Exception {
    List<TunnelStream> streams = new CopyOnWriteArrayList<>();
    CyclicBarrier both = new CyclicBarrier(2);
    TunnelEventListener closing =
        onBytesReceived(
            connection -> {
              both.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
              boolean first = streams.get(0).stats().connection().equals(connection);
              streams.get(first ? 1 : 0).close();
            });
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(closing).build()) {
      streams.add(client.open());
      streams.add(client.open());
      List<Upload> exchanges =
          streams.stream().map(stream -> Upload.running(() -> exchange(stream))).toList();
      for (Upload exchange : exchanges) {
        exchange.await();
      }
      for (TunnelStream stream : streams) {
        assertThat(stream.whenClosed().toCompletableFuture())
            .succeedsWithin(Await.LONG)
            .matches(CloseReason::isOrderly);
      }
    }
  }

  private static void exchange(TunnelStream stream) throws IOException {
    stream.outputStream().write('x');
    try {
      assertThat(stream.inputStream().read()).isEqualTo('x');
    } catch (TunnelException e) {
      // The other callback closed this stream first.
    }
  }

  /** Failing writes must not prevent the client from sending the shutdown. */
  @Test
  void shutsDownOutputDuringWrites() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      for (int i = 0; i < 100; i++) {
        try (TunnelStream stream = client.open()) {
          List<Upload> writers = List.of(writesEmptyArrays(stream), writesEmptyArrays(stream));
          stream.shutdownOutput();
          for (Upload writer : writers) {
            assertThatThrownBy(writer::await)
                .hasRootCauseMessage("the output of this tunnel was shut down");
          }
          assertThat(stream.stats().state()).isEqualTo(State.DRAINING);
        }
      }
    }
  }

  private static Upload writesEmptyArrays(TunnelStream stream) {
    CountDownLatch begun = new CountDownLatch(1);
    Upload upload =
        Upload.running(
            () -> {
              while (true) {
                stream.outputStream().write(new byte[0]);
                begun.countDown();
              }
            });
    Await.until(() -> begun.getCount() == 0);
    return upload;
  }

  /**
   * The close frame follows the write, although another thread reads and no bytes are
   * unacknowledged.
   */
  @Test
  void closesStreamDuringWrite() throws Exception {
    CompletableFuture<Integer> closeCode = new CompletableFuture<>();
    ScriptedCloud.Script awaitsClose =
        connection -> {
          connection.write(connection.granted());
          try {
            connection.skipPayload(5);
            closeCode.complete(connection.readCloseCode());
          } catch (IOException | AssertionError e) {
            closeCode.completeExceptionally(e);
          }
          connection.write(ServerFrames.close(1000));
        };
    GatedSockets sockets = new GatedSockets();
    OkHttpClient okHttpClient = new OkHttpClient.Builder().socketFactory(sockets).build();
    try (ScriptedCloud cloud = ScriptedCloud.started(awaitsClose);
        TunnelClient client = cloud.client("127.0.0.1:1").okHttpClient(okHttpClient).build();
        TunnelStream stream = client.open()) {
      Upload reader = Upload.running(() -> assertThat(stream.inputStream().read()).isEqualTo(-1));
      Await.until(() -> anyThreadRuns("test-upload", "next"));
      sockets.shut();
      Upload writer = Upload.running(() -> stream.outputStream().write("hello".getBytes(UTF_8)));
      Await.until(sockets::isWriterBlocked);

      Upload closing = Upload.running(stream::close);
      Await.until(() -> anyThreadRuns("test-upload", "awaitTaker"));
      sockets.open();

      assertThat(Await.get(closeCode)).isEqualTo(1000);
      writer.await();
      closing.await();
      assertThatThrownBy(reader::await).hasRootCauseMessage("closed by the application");
    }
  }

  /** The service answers and closes before the thread that writes runs again. */
  @Test
  void closeReasonCountsBytesOfLateWriter() throws Exception {
    ScriptedCloud.Script answersAndCloses =
        connection -> {
          connection.write(connection.granted());
          connection.skipPayload(5);
          connection.write(ServerFrames.binary("hello".getBytes(UTF_8)));
          connection.write(ServerFrames.close(1000));
          connection.readCloseCode();
        };
    GatedSockets sockets = GatedSockets.afterWrites();
    OkHttpClient okHttpClient = new OkHttpClient.Builder().socketFactory(sockets).build();
    CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    TunnelEventListener events =
        new TunnelEventListener() {
          @Override
          public void closed(ConnectionInfo connection, CloseReason reason) {
            closed.complete(reason);
          }
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(answersAndCloses);
        TunnelClient client =
            cloud
                .client("127.0.0.1:1")
                .okHttpClient(okHttpClient)
                .addEventListener(events)
                .build();
        TunnelStream stream = client.open()) {
      sockets.shut();
      Upload writer = Upload.running(() -> stream.outputStream().write("hello".getBytes(UTF_8)));
      assertThat(stream.inputStream().readAllBytes()).isEqualTo("hello".getBytes(UTF_8));
      sockets.open();
      writer.await();
      stream.close();

      CloseReason reason = Await.get(closed);
      assertThat(reason.bytesUp()).isEqualTo(5);
      assertThat(reason.bytesDown()).isEqualTo(5);
      assertThat(Await.get(stream.whenClosed().toCompletableFuture()).bytesUp()).isEqualTo(5);
    }
  }

  /** The longest duration of Java, which exceeds the nanoseconds that a long holds. */
  @Test
  void acceptsLongestDuration() throws Exception {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .pingInterval(Duration.ofDays(1))
                .connectTimeout(forever)
                .reusedConnectionTimeout(forever)
                .livenessTimeout(forever)
                .writeTimeout(forever)
                .idleTimeout(forever)
                .halfCloseTimeout(forever)
                .drainTimeout(forever)
                .backoffWait(forever)
                .maxBackoff(forever)
                .connectRetry(2, forever)
                .warmConnections(1)
                .build()) {
      Await.until(() -> cloud.service().openConnections() > 0);
      for (int i = 0; i < 2; i++) { // the second one on a warm connection
        try (TunnelStream stream = client.openWhenAvailable(forever)) {
          stream.setReadTimeout(forever);
          stream.outputStream().write('x');
          assertThat(stream.inputStream().read()).isEqualTo('x');
        }
      }
      TunnelStream open = client.open();
      Upload closing = Upload.running(client::close);
      Await.until(() -> anyThreadRuns("test-upload", "isClosedBy"));
      open.close();
      closing.await();
      assertThat(client.close(forever).aborted()).isZero();
    }
  }
}
