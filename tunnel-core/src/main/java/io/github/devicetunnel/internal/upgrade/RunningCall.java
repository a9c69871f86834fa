package io.github.devicetunnel.internal.upgrade;

import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.util.concurrent.Executor;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * The running call of an upgrade, and whether it may still complete. A call whose cancellation has
 * begun does not complete, although the cancellation itself runs later on another thread.
 * Thread-safe. Never blocks.
 */
final class RunningCall {
  private final DialProgress progress;
  private final Executor cancellations;

  // Guarded by this.
  private @Nullable Call call;
  private boolean completed;
  private boolean cancelled;
  private boolean expired;
  private boolean abandoned;

  RunningCall(DialProgress progress, Executor cancellations) {
    this.progress = progress;
    this.cancellations = cancellations;
  }

  /**
   * Replaces the previous call.
   *
   * @throws IOException if the upgrade was cancelled
   */
  synchronized void begin(Call next) throws IOException {
    call = next;
    abandoned = false;
    check();
  }

  /**
   * Completes the upgrade.
   *
   * @throws IOException if the call was cancelled before
   */
  synchronized void complete() throws IOException {
    check();
    completed = true;
  }

  private void check() throws IOException {
    if (cancelled || expired || abandoned) {
      throw new IOException("Canceled"); // OkHttp's message
    }
  }

  /** Cancels the upgrade because its time has passed. Has no effect on a completed upgrade. */
  void expire() {
    synchronized (this) {
      if (completed) {
        return;
      }
      expired = true;
    }
    cancelCall();
  }

  /** Cancels one call so that another one can replace it. Has no effect on a completed upgrade. */
  void abandon(Call late) {
    synchronized (this) {
      if (completed || call != late) {
        return;
      }
      abandoned = true;
    }
    cancellations.execute(late::cancel);
  }

  /** Cancels the upgrade, or aborts the connection of a completed upgrade. */
  void cancel() {
    synchronized (this) {
      cancelled = true;
    }
    cancelCall();
  }

  private void cancelCall() {
    progress.cancel();
    Call running;
    synchronized (this) {
      running = call;
    }
    if (running != null) {
      cancellations.execute(running::cancel);
    }
  }

  synchronized boolean isExpired() {
    return expired;
  }

  /** Returns whether {@link #abandon} cancelled the last call. */
  synchronized boolean isAbandoned() {
    return abandoned;
  }
}
