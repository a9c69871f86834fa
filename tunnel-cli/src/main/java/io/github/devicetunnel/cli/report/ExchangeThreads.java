package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.cli.process.Daemons;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of an HTTP server. A slow client occupies a thread while it sends its request or
 * reads the response. If many requests are open, a further request interrupts the oldest one, which
 * closes its connection. A health check therefore never waits for slow clients. See {@code
 * docs/rationale/events-and-metrics.md}.
 */
final class ExchangeThreads implements Executor, AutoCloseable {
  /** Above this number, a further request interrupts the oldest one if that is slow. */
  private static final int MAX_SLOW_EXCHANGES = 64;

  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Threads that stay, for times when no thread can be started. */
  private static final int MIN_THREADS = 2;

  /** Many requests can arrive at once, and on a busy machine a fast one must not be interrupted. */
  private static final int MAX_THREADS = 512;

  private static final long MAX_WAIT_MILLIS = 500;

  private final LongSupplier nanoTime;
  private final SynchronousQueue<Runnable> waiting = new SynchronousQueue<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MIN_THREADS, MAX_THREADS, 10, TimeUnit.SECONDS, waiting, Daemons.factory("metrics"));

  /** The exchanges that have not ended, in the order of their arrival. Guarded by this. */
  private final Queue<Exchange> open = new ArrayDeque<>();

  ExchangeThreads(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    threads.prestartAllCoreThreads();
  }

  /**
   * Runs an exchange. Called by the only thread that accepts connections, which must not end, and
   * which may wait only for a moment.
   *
   * @throws RejectedExecutionException if no thread is free; the server then closes the connection
   */
  @Override
  public void execute(Runnable exchange) {
    Exchange arrived = new Exchange(exchange);
    add(arrived);
    try {
      threads.execute(arrived);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      endOldest();
      if (!isTaken(arrived)) {
        remove(arrived);
        throw new RejectedExecutionException("no thread for the request", e);
      }
    }
  }

  /** Returns whether a thread takes the task that has just ended an exchange. */
  private boolean isTaken(Exchange arrived) {
    try {
      return waiting.offer(arrived, MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized void add(Exchange arrived) {
    open.add(arrived);
    if (open.size() > MAX_SLOW_EXCHANGES && open.element().isSlow(arrived.arrival)) {
      endOldest();
    }
  }

  private synchronized void endOldest() {
    Exchange oldest = open.poll();
    if (oldest != null) {
      oldest.isCut = true;
      if (oldest.thread != null) {
        oldest.thread.interrupt();
      }
    }
  }

  private synchronized void begin(Exchange exchange) {
    exchange.thread = Thread.currentThread();
    if (exchange.isCut) {
      exchange.thread.interrupt(); // its first operation closes the connection
    }
  }

  private synchronized void remove(Exchange exchange) {
    exchange.thread = null;
    open.remove(exchange);
  }

  /** An exchange, whose age counts from its arrival: its thread may start late. */
  private final class Exchange implements Runnable {
    private final Runnable task;
    private final long arrival = nanoTime.getAsLong();

    // Guarded by the outer object.
    private @Nullable Thread thread;
    private boolean isCut;

    Exchange(Runnable task) {
      this.task = task;
    }

    private boolean isSlow(long now) {
      return now - arrival >= SLOW_NANOS;
    }

    @Override
    public void run() {
      begin(this);
      try {
        task.run();
      } finally {
        remove(this);
        boolean unused = Thread.interrupted(); // an interrupt must not reach the next exchange
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
