package io.github.devicetunnel.cli.process;

import io.github.devicetunnel.cli.failure.CommandFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs tasks that may block for ever, such as opening a file, on a thread of their own, so that
 * signals and time limits end the wait. At most one task runs at a time. See {@code
 * docs/rationale/command-line.md}.
 */
public final class BlockingTasks {
  private final CompletableFuture<Void> stop;
  private final AtomicBoolean busy = new AtomicBoolean();

  public BlockingTasks(StopSignals signals) {
    this.stop = signals.stop();
  }

  /**
   * Runs a task and returns its result. Rethrows the exception of the task.
   *
   * @param task is not interrupted at the end of the wait, and may continue
   * @param discard receives a result that arrives after the end of the wait
   * @param limit the maximum time to wait
   * @throws StoppedException if a signal stops the program
   * @throws CommandFailure if the limit has passed, or an earlier task has not ended
   */
  public <T> T call(Supplier<T> task, Consumer<T> discard, Duration limit)
      throws InterruptedException {
    if (!busy.compareAndSet(false, true)) {
      throw CommandFailure.unexpected(
          "an earlier attempt still waits for files or name servers; check the network and the"
              + " file systems");
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    start(() -> run(task, result, discard));
    try {
      await(result, limit);
    } finally {
      // Has no effect on a result that has arrived.
      result.cancel(false);
    }
    if (!result.isCancelled()) {
      return resultOf(result);
    }
    if (stop.isDone()) {
      throw new StoppedException();
    }
    throw CommandFailure.unexpected(
        "files or name servers do not answer within "
            + limit.toSeconds()
            + " s; check the network and the file systems");
  }

  private void start(Runnable action) {
    try {
      Daemons.thread("tunnel-prepare", action).start();
    } catch (Throwable e) {
      busy.set(false);
      throw e;
    }
  }

  private <T> void run(Supplier<T> task, CompletableFuture<T> result, Consumer<T> discard) {
    T value;
    try {
      value = task.get();
    } catch (Throwable e) {
      busy.set(false);
      result.completeExceptionally(e);
      return;
    }
    busy.set(false);
    if (!result.complete(value)) {
      discard.accept(value);
    }
  }

  /** Waits until the result is complete, the program is stopped or the limit has passed. */
  private void await(CompletableFuture<?> result, Duration limit) throws InterruptedException {
    try {
      CompletableFuture.anyOf(result, stop)
          .get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The caller examines the result.
    }
  }

  private static <T> T resultOf(CompletableFuture<T> result) throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }
}
