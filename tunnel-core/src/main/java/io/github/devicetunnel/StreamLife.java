package io.github.devicetunnel;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The opening and the end of a {@link TunnelStream}: puts the tunnel and its two halves together,
 * and gives them back once, whoever ends the stream: its user, the service, or the client that
 * opened it.
 *
 * <p>All methods may be called from any thread.
 */
final class StreamLife implements Connections.Connection {
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(60);

  /** How long nobody may read before somebody else looks what comes, when there are no pings. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

  private static final long RETRY_INTERVAL_MILLIS = 100;

  private final SharedResources engine;
  private final Settings settings;
  private final Consumer<StreamLife> onClosed;
  private final Tunnel tunnel;
  private final StreamReader reader;
  private final StreamWriter writer;

  private volatile boolean closedHere;
  private volatile @Nullable Future<?> looks;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<CloseReason> whenClosed = new CompletableFuture<>();

  StreamLife(
      SharedResources engine,
      Settings settings,
      ConnectionEvents events,
      Consumer<StreamLife> onClosed) {
    this.engine = engine;
    this.settings = settings;
    this.onClosed = onClosed;
    this.tunnel =
        new Tunnel(engine, settings, events, settings.timeouts().halfClose(HALF_CLOSE_TIMEOUT));
    this.reader = new StreamReader(tunnel, this::startStandIn, this::endSoon);
    this.writer = new StreamWriter(tunnel);
  }

  StreamReader reader() {
    return reader;
  }

  StreamWriter writer() {
    return writer;
  }

  /** Dials, on the calling thread. */
  void open() throws IOException {
    boolean opened = false;
    reader.beginDial();
    try {
      tunnel.open();
      Timeouts timeouts = settings.timeouts();
      long nanos =
          TimeUnit.NANOSECONDS.convert(timeouts.pings() ? timeouts.keepAliveInterval() : LOOK_INTERVAL);
      looks =
          engine
              .timers()
              .scheduleWithFixedDelay(
                  () -> tunnel.guard(reader::look), nanos, nanos, TimeUnit.NANOSECONDS);
      opened = true;
    } finally {
      reader.endDial();
      if (!opened) {
        end();
      }
    }
  }

  /**
   * As {@link #open()}, within a time.
   *
   * @param limit zero for none but those that were set for the client
   * @throws SocketTimeoutException when it passed
   */
  void open(Duration limit) throws IOException {
    if (limit.isZero()) {
      open();
      return;
    }
    AtomicBoolean passed = new AtomicBoolean();
    Runnable giveUp =
        () -> {
          passed.set(true); // First: the end of the dial is felt before this returns.
          tunnel.giveUpDial(limit);
        };
    Future<?> limiting = engine.timers().schedule(giveUp, limit.toNanos(), TimeUnit.NANOSECONDS);
    try {
      open();
      if (passed.get()) {
        closeSoon(); // In that very moment: it may have been given up.
        throw timedOut(limit, null);
      }
    } catch (TunnelException e) {
      throw passed.get() ? timedOut(limit, e) : e;
    } finally {
      limiting.cancel(false);
    }
  }

  private static SocketTimeoutException timedOut(Duration limit, @Nullable TunnelException e) {
    String message = e == null ? "no tunnel within " + Durations.seconds(limit) : e.getMessage();
    SocketTimeoutException timeout = new SocketTimeoutException(message);
    timeout.initCause(e);
    return timeout;
  }

  private void startStandIn(Runnable task) {
    engine.threads().start("tunnel-stand-in " + settings.target(), task);
  }

  /** Whether its user has closed it. */
  boolean isClosedHere() {
    return closedHere;
  }

  /** See {@link TunnelStream#whenClosed}. */
  CompletionStage<CloseReason> whenClosed() {
    return whenClosed.minimalCompletionStage();
  }

  /** See {@link TunnelStream#close}. */
  void close() {
    if (ConnectionEvents.isCallingAny()) {
      closeSoon(); // What would be waited for is this very thread, or one that waits for it.
      return;
    }
    endHere();
    end();
    awaitClosed();
  }

  /** As {@link #close}, on another thread. Never waits. */
  void closeSoon() {
    endHere();
    endSoon();
  }

  private void endHere() {
    closedHere = true;
    tunnel.end(CloseCause.localClosed());
    reader.wake();
  }

  private void endSoon() {
    try {
      engine.threads().helpers().execute(this::end);
    } catch (OutOfMemoryError e) {
      // No thread can be started now; everything must be released all the same.
      var unused =
          engine.timers().schedule(this::endSoon, RETRY_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Gives everything back, on the first thread that comes. */
  private void end() {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    try {
      reader.retire();
      // Not before: an open that is under way begins them.
      Future<?> planned = looks;
      if (planned != null) {
        planned.cancel(false);
      }
      tunnel.close();
    } finally {
      onClosed.accept(this);
      closed.countDown();
      whenClosed.complete(tunnel.requireReason());
    }
  }

  private void awaitClosed() {
    boolean interrupted = false;
    while (closed.getCount() > 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void cut() {
    tunnel.end(CloseCause.shutdown());
    reader.wake();
    endSoon();
  }

  @Override
  public boolean awaitClosed(long nanos) throws InterruptedException {
    return tunnel.awaitClosed(nanos) && closed.await(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public ConnectionStats stats() {
    return tunnel.gauges().stats();
  }

  @Override
  public String toString() {
    return tunnel.toString();
  }
}
