package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens a stream and reports the result in a future. While the limits of connections and dials are
 * reached, the stream waits without a thread.
 */
final class AsyncOpen {
  private final TunnelStream stream;
  private final SharedResources resources;
  private final Settings settings;
  private final @Nullable Executor executor;
  private final CompletableFuture<TunnelStream> result = new CompletableFuture<>();

  private volatile @Nullable Thread beginning;
  private volatile boolean dialing;
  private volatile Admission.@Nullable Permit turn;
  private volatile @Nullable Future<?> timer;

  private AsyncOpen(
      TunnelStream stream,
      SharedResources resources,
      Settings settings,
      @Nullable Executor executor) {
    this.stream = stream;
    this.resources = resources;
    this.settings = settings;
    this.executor = executor;
  }

  /**
   * Starts to open a stream.
   *
   * @param executor runs the dial; null for a thread of the library
   * @return a future that completes with the open stream, or with the exception of {@link
   *     StreamLife#open()}; if the caller cancels the future or completes it exceptionally, the
   *     dial is cancelled
   */
  static CompletableFuture<TunnelStream> begin(
      TunnelStream stream,
      SharedResources resources,
      Settings settings,
      @Nullable Executor executor) {
    return new AsyncOpen(stream, resources, settings, executor).begin();
  }

  private CompletableFuture<TunnelStream> begin() {
    StreamLife life = stream.life();
    life.countAsDialed();
    var unusedCancelling =
        result.whenComplete(
            (opened, failure) -> {
              stopTimer();
              if (failure != null) {
                closeTurn();
                life.closeAsync();
              }
            });
    var unusedClosing =
        life.whenClosed()
            .thenAccept(
                reason -> {
                  if (!dialing) { // the wait timed out, or the client was closed
                    result.completeExceptionally(new TunnelException(reason));
                  }
                });
    Admission.Permit place = life.permit();
    Duration limit = settings.timeouts().connectTimeout();
    beginning = Thread.currentThread();
    attempt(
        () -> {
          startTimer(limit, place, () -> CloseCause.noConnectionFree(limit, place.limit()));
          place.whenAdmitted(() -> attempt(this::startOrWait));
        });
    beginning = null;
    return result;
  }

  /** Fails the future instead of the calling thread, which may belong to another connection. */
  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) { // rejected by the executor, or no thread
      result.completeExceptionally(e);
    }
  }

  private void startOrWait() {
    stopTimer();
    Executor ofCaller = executor;
    if (ofCaller == null) {
      awaitTurn();
      return;
    }
    // The dial waits for its turn on its own thread: a task in the queue of an executor must not
    // hold it. The executor may run the task on the calling thread, which must not be one of
    // another connection.
    boolean onCaller = Thread.currentThread() == beginning;
    Executor starter = onCaller ? Runnable::run : resources.threads().helpers();
    starter.execute(() -> attempt(() -> ofCaller.execute(this::open)));
  }

  private void awaitTurn() {
    Admission.Permit request = resources.dials().request();
    turn = request;
    if (result.isDone()) {
      request.close();
      return;
    }
    startTimer(
        DialTurns.MAX_WAIT,
        request,
        () -> CloseCause.tooManyDials(DialTurns.MAX_WAIT, request.limit()));
    request.whenAdmitted(() -> attempt(() -> start(request)));
  }

  private void start(Admission.Permit admitted) {
    stopTimer();
    stream.life().dial().useTurn(admitted);
    resources.threads().start(settings.dialThread(settings.target()), this::open);
  }

  private void open() {
    dialing = true;
    try {
      stream.life().open();
    } catch (Throwable e) {
      result.completeExceptionally(e);
      return;
    } finally {
      closeTurn();
    }
    if (!result.complete(stream)) {
      stream.close();
    }
  }

  /** The cause of an expired wait, created when it is needed. */
  private interface Cause {
    CloseCause get();
  }

  private void startTimer(Duration limit, Admission.Permit request, Cause cause) {
    Runnable expired =
        () -> {
          if (request.withdraw()) {
            stream.life().end(cause.get());
          }
        };
    timer =
        resources
            .timers()
            .schedule(expired, TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  private void closeTurn() {
    Admission.Permit admitted = turn;
    if (admitted != null) {
      admitted.close();
    }
  }
}
