package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.cli.process.Daemons;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Closes several listeners at the same time, so that a listener whose connections do not finish
 * does not delay the others.
 */
final class Drain {
  private final long deadline;
  private final List<FutureTask<DrainReport>> tasks = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean interrupted;

  private Drain(List<? extends Drainable> all, Duration time) {
    this.deadline = System.nanoTime() + time.toNanos();
    for (Drainable each : all) {
      tasks.add(new FutureTask<>(() -> each.close(timeLeft())));
    }
  }

  /**
   * Closes all listeners, and returns their totals. If the calling thread is interrupted, open
   * connections are closed at once, and the interrupt status stays set.
   *
   * @param time the maximum time for connections of all listeners to finish
   */
  static DrainReport all(List<? extends Drainable> listeners, Duration time) {
    return new Drain(listeners, time).run();
  }

  private Duration timeLeft() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private DrainReport run() {
    tasks.stream().skip(1).forEach(this::start);
    // Run the first task, and tasks without a thread. A task runs only once.
    tasks.forEach(FutureTask::run);
    int drained = 0;
    int aborted = 0;
    long unconfirmed = 0;
    for (FutureTask<DrainReport> task : tasks) {
      DrainReport report = await(task);
      drained += report.drained();
      aborted += report.aborted();
      unconfirmed += report.bytesUnconfirmed();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new DrainReport(drained, aborted, unconfirmed);
  }

  private DrainReport await(FutureTask<DrainReport> task) {
    while (true) {
      try {
        return task.get();
      } catch (InterruptedException e) {
        interrupted = true;
        threads.forEach(Thread::interrupt);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private void start(FutureTask<DrainReport> task) {
    try {
      Thread thread = Daemons.thread("tunnel-drain", task);
      thread.start();
      threads.add(thread);
    } catch (OutOfMemoryError e) {
      // The system has no thread left. The calling thread runs the task.
    }
  }
}
