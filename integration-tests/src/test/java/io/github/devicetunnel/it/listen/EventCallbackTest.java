package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.ListenerInfo;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.EventLog;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.LocalEnd.Entrance;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Event listeners that throw, or that close the client, the listener or the stream. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources before the end of the block
class EventCallbackTest {
  /** The event whose first occurrence triggers the action. */
  private enum Event {
    DIAL_STARTED,
    UPGRADED,
    OPENED,
    BYTES_SENT,
    BYTES_RECEIVED,
    CLOSED
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Short, because the echo service does not close by itself. */
  private static final Duration HALF_CLOSE = Duration.ofMillis(100);

  private final EventLog log = new EventLog();

  /** Runs an action on the first occurrence of an event. */
  private static final class ActingListener extends TunnelEventListener {
    private final Event event;
    private final CompletableFuture<Action> action = new CompletableFuture<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    ActingListener(Event event) {
      this.event = event;
    }

    private void on(Event reported) {
      if (reported == event && started.compareAndSet(false, true)) {
        try {
          Await.get(action).run();
          done.complete(null);
        } catch (Exception | AssertionError e) {
          done.completeExceptionally(e);
        }
      }
    }

    @Override
    public void dialStarted(ConnectionInfo connection, int attempt) {
      on(Event.DIAL_STARTED);
    }

    @Override
    public void upgraded(ConnectionInfo connection, DialTimings timings) {
      on(Event.UPGRADED);
    }

    @Override
    public void opened(ConnectionInfo connection) {
      on(Event.OPENED);
    }

    @Override
    public void bytesSent(ConnectionInfo connection, int count) {
      on(Event.BYTES_SENT);
    }

    @Override
    public void bytesReceived(ConnectionInfo connection, int count) {
      on(Event.BYTES_RECEIVED);
    }

    @Override
    public void closed(ConnectionInfo connection, CloseReason reason) {
      on(Event.CLOSED);
    }
  }

  static Stream<Arguments> eventsAndEntrances() {
    return Arrays.stream(Event.values())
        .flatMap(event -> Arrays.stream(Entrance.values()).map(e -> Arguments.of(event, e)));
  }

  /** The drain timeout is longer than the test, because the close must not wait for it. */
  @ParameterizedTest
  @MethodSource("eventsAndEntrances")
  void callbackMayCloseClient(Event event, Entrance entrance) throws Exception {
    ActingListener acting = new ActingListener(event);
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .drainTimeout(Duration.ofMinutes(5))
                .halfCloseTimeout(HALF_CLOSE)
                .addEventListener(acting)
                .addEventListener(log)
                .build()) {
      acting.action.complete(client::close);
      exchange(client, entrance);

      Await.get(acting.done);
      assertThat(client.close(Await.LONG).aborted()).isZero();
      assertClosedReportedOnce();
    }
  }

  /**
   * A connection that outlives its client must end, even if the cloud does not answer the close
   * frame.
   */
  @Test
  void callbackMayCloseClientOfSilentCloud() throws Exception {
    ActingListener acting = new ActingListener(Event.BYTES_RECEIVED);
    ScriptedCloud.Script sendOnce =
        connection -> {
          connection.write(connection.granted(), ServerFrames.binary(new byte[] {'x'}));
          connection.freeze();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendOnce);
        TunnelClient client =
            cloud.client("127.0.0.1:80").addEventListener(acting).addEventListener(log).build()) {
      acting.action.complete(() -> client.close(Duration.ZERO));
      TunnelListener listener = client.listen(Loopback.anyPort());
      try (Socket local = LocalEnd.connect(listener)) {
        Await.get(acting.done);
        assertClosedReportedOnce();
        assertThat(local.isConnected()).isTrue();
      }
    }
  }

  private static void exchange(TunnelClient client, Entrance entrance) {
    try (LocalEnd end = entrance.open(client)) {
      end.out().write('x');
      assertThat(end.in().read()).isIn((int) 'x', -1);
    } catch (IOException e) {
      // The close aborted the connection, which is a valid outcome.
    }
  }

  private void assertClosedReportedOnce() {
    Await.until("closed() after " + log.lines(), () -> log.reasons().size() == 1);
    List<String> lines = log.onlyLines();
    assertThat(lines.get(lines.size() - 1)).startsWith("closed ");
  }

  @ParameterizedTest
  @EnumSource(
      value = Event.class,
      names = {"BYTES_SENT", "BYTES_RECEIVED", "CLOSED"})
  void callbackMayCloseStream(Event event) throws Exception {
    ActingListener acting = new ActingListener(event);
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).addEventListener(acting).addEventListener(log).build()) {
      TunnelStream stream = client.open();
      acting.action.complete(stream::close);
      stream.outputStream().write('x');
      if (event == Event.BYTES_RECEIVED) {
        assertThat(readOrAborted(stream)).isEqualTo(-2);
      }
      stream.close();

      Await.get(acting.done);
      assertClosedReportedOnce();
      assertThat(stream.stats().state()).isEqualTo(State.CLOSED);
    }
  }

  /**
   * A close does not wait for a callback in another thread. That thread ends when its callback
   * returns.
   */
  @Test
  void closeDoesNotWaitForBlockedCallback() throws Exception {
    CompletableFuture<Void> returnAllowed = new CompletableFuture<>();
    ActingListener acting = new ActingListener(Event.BYTES_RECEIVED);
    acting.action.complete(returnAllowed::join);
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).addEventListener(acting).addEventListener(log).build()) {
      TunnelStream stream = client.open();
      CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> readOrAborted(stream));
      stream.outputStream().write('x');
      Await.until(acting.started::get);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(stream::close);
      Await.get(closing);

      returnAllowed.complete(null);
      assertThat(Await.get(read)).isEqualTo(-2);
      assertClosedReportedOnce();
    }
  }

  private static int readOrAborted(TunnelStream stream) {
    try {
      return stream.inputStream().read();
    } catch (IOException e) {
      return -2;
    }
  }

  @ParameterizedTest
  @EnumSource(Event.class)
  void callbackMayCloseListener(Event event) throws Exception {
    ActingListener acting = new ActingListener(event);
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .drainTimeout(Duration.ofMinutes(5))
                .halfCloseTimeout(HALF_CLOSE)
                .addEventListener(acting)
                .addEventListener(log)
                .build()) {
      TunnelListener listener = client.listen(Loopback.anyPort());
      acting.action.complete(listener::close);
      try (Socket local = LocalEnd.connect(listener)) {
        local.getOutputStream().write('x');
        assertThat(local.getInputStream().read()).isIn((int) 'x', -1);
      } catch (IOException e) {
        // The close aborted the connection.
      }

      Await.get(acting.done);
      assertClosedReportedOnce();
    }
  }

  @Test
  void callbackMayCloseListenerWithWaitingConnections() throws Exception {
    CompletableFuture<TunnelListener> bound = new CompletableFuture<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    TunnelEventListener closing =
        new TunnelEventListener() {
          @Override
          public void connectionsWaiting(ListenerInfo listener, int maxConnections) {
            try {
              Await.get(bound).close(Duration.ZERO);
              done.complete(null);
            } catch (Exception e) {
              done.completeExceptionally(e);
            }
          }
        };
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .maxConnections(1)
                .addEventListener(closing)
                .addEventListener(log)
                .build()) {
      TunnelListener listener = client.listen(Loopback.anyPort());
      bound.complete(listener);
      try (Socket local = LocalEnd.connect(listener)) {
        assertThat(local.isConnected()).isTrue();
      } catch (IOException e) {
        // The close aborted the connection before it was set up.
      }
      Await.get(done);
      assertClosedReportedOnce();
    }
  }

  @ParameterizedTest
  @EnumSource(Entrance.class)
  void throwingListenerAffectsNoConnection(Entrance entrance) throws Exception {
    AtomicReference<Error> thrown = new AtomicReference<>();
    TunnelEventListener throwing =
        new TunnelEventListener() {
          private void fail() {
            Error error = new StackOverflowError("thrown by the listener of a test");
            thrown.set(error);
            throw error;
          }

          @Override
          public void dialStarted(ConnectionInfo connection, int attempt) {
            fail();
          }

          @Override
          public void upgraded(ConnectionInfo connection, DialTimings timings) {
            fail();
          }

          @Override
          public void opened(ConnectionInfo connection) {
            fail();
          }

          @Override
          public void bytesSent(ConnectionInfo connection, int count) {
            fail();
          }

          @Override
          public void bytesReceived(ConnectionInfo connection, int count) {
            fail();
          }

          @Override
          public void closed(ConnectionInfo connection, CloseReason reason) {
            fail();
          }

          @Override
          public void listenerBound(ListenerInfo listener) {
            fail();
          }

          @Override
          public void listenerClosed(ListenerInfo listener) {
            fail();
          }
        };
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .halfCloseTimeout(HALF_CLOSE)
                .addEventListener(throwing)
                .addEventListener(log)
                .build()) {
      try (LocalEnd end = entrance.open(client)) {
        for (int i = 0; i < 10; i++) {
          end.out().write(i);
          assertThat(end.in().read()).isEqualTo(i);
        }
        end.shutdownOutput();
      }
      client.close(Duration.ZERO);

      assertThat(thrown.get()).isNotNull();
      assertThat(log.onlyLines()).startsWith("dialStarted 1", "upgraded", "opened", "bytes");
      assertThat(log.sent()).isEqualTo(10);
      assertThat(log.received()).isEqualTo(10);
      assertClosedReportedOnce();
    }
  }

  @Test
  void throwingListenerIsLoggedOncePerEvent() throws Exception {
    TunnelEventListener throwing =
        new TunnelEventListener() {
          @Override
          public void opened(ConnectionInfo connection) {
            throw new IllegalStateException("opened");
          }

          @Override
          public void closed(ConnectionInfo connection, CloseReason reason) {
            throw new IllegalStateException("closed");
          }
        };
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.devicetunnel.ClientEvents");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logger.addAppender(logged);
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(throwing).build()) {
      for (int i = 0; i < 3; i++) {
        client.open().close();
      }
    } finally {
      logger.detachAppender(logged);
      logger.setAdditive(true);
      logger.setLevel(null);
    }
    assertThat(logged.list)
        .extracting(event -> event.getThrowableProxy().getMessage())
        .containsExactly("opened", "closed");
  }
}
