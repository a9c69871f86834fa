package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.Deadline;
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
 * The lifecycle of a {@link TunnelStream}. Combines the tunnel with its reader and writer, and
 * releases them once, whether the application, the service or the client ends the stream.
 *
 * <p>This class is thread-safe.
 */
final class StreamLife implements Connections.Connection {
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(60);

  /** Interval of checks for a missing reader if pings are disabled. */
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

  private static final long RETRY_INTERVAL_MILLIS = 100;

  private final SharedResources resources;
  private final Settings settings;
  private final Admission.Permit permit;
  private final Consumer<StreamLife> onClosed;
  private final Tunnel tunnel;
  private final StreamReader reader;
  private final StreamWriter writer;

  private volatile boolean closedHere;
  private volatile @Nullable Future<?> readerChecks;
  private final AtomicBoolean released = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<CloseReason> whenClosed = new CompletableFuture<>();

  /**
   * Creates the lifecycle of an unopened stream.
   *
   * @param permit closed when the stream has ended
   */
  StreamLife(
      SharedResources resources,
      Settings settings,
      Admission.Permit permit,
      ConnectionEvents events,
      Consumer<StreamLife> onClosed) {
    this.resources = resources;
    this.settings = settings;
    this.permit = permit;
    this.onClosed = onClosed;
    this.tunnel =
        new Tunnel(
            resources, settings, permit, events, settings.timeouts().halfClose(HALF_CLOSE_TIMEOUT));
    this.reader = new StreamReader(tunnel, this::startStandIn, this::releaseSoon);
    this.writer = new StreamWriter(tunnel);
  }

  /** Returns the permit of the client's limit of connections. */
  Admission.Permit permit() {
    return permit;
  }

  /** Counts this stream as dialled from now on, even if it ends before the dial begins. */
  void countAsDialed() {
    tunnel.countAsDialed();
  }

  /** Returns the dial of this stream, whose progress stays available after the dial. */
  Dial dial() {
    return tunnel.dial();
  }

  StreamReader reader() {
    return reader;
  }

  StreamWriter writer() {
    return writer;
  }

  /** Dials on the calling thread. */
  void open() throws IOException {
    boolean opened = false;
    reader.beginDial();
    try {
      tunnel.open();
      Timeouts timeouts = settings.timeouts();
      long nanos =
          TimeUnit.NANOSECONDS.convert(
              timeouts.pings() ? timeouts.keepAliveInterval() : CHECK_INTERVAL);
      readerChecks =
          resources
              .timers()
              .scheduleWithFixedDelay(
                  () -> tunnel.guard(reader::ensureReader), nanos, nanos, TimeUnit.NANOSECONDS);
      opened = true;
    } finally {
      reader.endDial();
      if (!opened) {
        release();
      }
    }
  }

  /**
   * Dials like {@link #open()}, with a time limit.
   *
   * @param limit zero for no limit other than the client's timeouts
   * @throws SocketTimeoutException if the limit passes
   */
  void open(Duration limit) throws IOException {
    if (limit.isZero()) {
      open();
      return;
    }
    AtomicBoolean passed = new AtomicBoolean();
    Runnable timeOut =
        () -> {
          passed.set(true); // set first, because cancelling releases the dialling thread
          tunnel.endDial(limit);
        };
    Future<?> timer = resources.timers().schedule(timeOut, limit.toNanos(), TimeUnit.NANOSECONDS);
    try {
      open();
      if (passed.get()) {
        closeAsync(); // the limit passed while the dial completed
        throw timedOut(limit, null);
      }
    } catch (TunnelException e) {
      throw passed.get() ? timedOut(limit, e) : e;
    } finally {
      timer.cancel(false);
    }
  }

  private static SocketTimeoutException timedOut(Duration limit, @Nullable TunnelException e) {
    String message =
        e == null ? "the tunnel did not open within " + Durations.seconds(limit) : e.getMessage();
    SocketTimeoutException timeout = new SocketTimeoutException(message);
    timeout.initCause(e);
    return timeout;
  }

  private void startStandIn(Runnable task) {
    resources.threads().start(settings.name() + "-stand-in " + settings.target(), task);
  }

  /** See {@link TunnelStream#isOpen}. */
  boolean isOpen() {
    return !closedHere && tunnel.isOpen();
  }

  /** Returns whether the application has closed this stream. */
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
      closeAsync(); // waiting in a callback could deadlock
      return;
    }
    closedHere = true;
    try {
      tunnel.endHere(CloseCause.localClosed());
    } finally {
      reader.wake();
      release();
    }
    awaitClosed();
  }

  /** Closes this stream like {@link #close()}, but does not wait. */
  void closeAsync() {
    closedHere = true;
    end(CloseCause.localClosed());
  }

  @Override
  public void end(CloseCause cause) {
    try {
      tunnel.end(cause);
    } finally {
      reader.wake();
      releaseSoon();
    }
  }

  private void releaseSoon() {
    try {
      resources.threads().helpers().execute(this::release);
    } catch (OutOfMemoryError e) {
      // No thread can be started now. Retry, because the resources must be released.
      var unused =
          resources
              .timers()
              .schedule(this::releaseSoon, RETRY_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Releases all resources. Only the first call has an effect. */
  private void release() {
    if (!released.compareAndSet(false, true)) {
      return;
    }
    try {
      reader.close();
      // After the reader, because a dial in progress schedules the checks.
      Future<?> scheduled = readerChecks;
      if (scheduled != null) {
        scheduled.cancel(false);
      }
    } finally {
      try {
        tunnel.close();
      } finally {
        try {
          permit.close();
          onClosed.accept(this);
        } finally {
          closed.countDown();
          whenClosed.complete(tunnel.requireReason());
        }
      }
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
  public boolean awaitClosed(Deadline deadline) throws InterruptedException {
    return tunnel.awaitClosed(deadline) && closed.await(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
  }

  @Override
  public ConnectionStats stats() {
    return tunnel.metrics().stats();
  }

  @Override
  public String toString() {
    return tunnel.toString();
  }
}
