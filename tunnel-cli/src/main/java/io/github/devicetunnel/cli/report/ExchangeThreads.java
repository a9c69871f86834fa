package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.cli.process.Daemons;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of an HTTP server. A slow client occupies a thread while it sends its request or
 * reads the response. At the maximum number of threads, a further request interrupts the oldest
 * one, which closes its connection. A health check therefore never waits for slow clients. See
 * {@code docs/rationale/events-and-metrics.md}.
 */
final class ExchangeThreads implements Executor, AutoCloseable {
  private static final int MAX_EXCHANGES = 64;

  /** Threads that stay, for times when no thread can be started. */
  private static final int MIN_THREADS = 2;

  /** The maximum number, with the threads that are starting or ending. */
  private static final int MAX_THREADS = 2 * MAX_EXCHANGES;

  private static final long MAX_WAIT_MILLIS = 500;

  private final SynchronousQueue<Runnable> waiting = new SynchronousQueue<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MIN_THREADS, MAX_THREADS, 10, TimeUnit.SECONDS, waiting, Daemons.factory("metrics"));

  /** The threads with an exchange, the oldest exchange first. Guarded by this. */
  private final Queue<Thread> running = new ArrayDeque<>();

  ExchangeThreads() {
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
    Runnable task = () -> run(exchange);
    try {
      threads.execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      interruptOldest();
      if (!isTaken(task)) {
        throw new RejectedExecutionException("no thread for the request", e);
      }
    }
  }

  /** Returns whether a thread takes the task that has just ended an exchange. */
  private boolean isTaken(Runnable task) {
    try {
      return waiting.offer(task, MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run(Runnable exchange) {
    begin();
    try {
      exchange.run();
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    running.add(Thread.currentThread());
    if (running.size() > MAX_EXCHANGES) {
      interruptOldest();
    }
  }

  private synchronized void interruptOldest() {
    Thread oldest = running.poll();
    if (oldest != null) {
      oldest.interrupt();
    }
  }

  private synchronized void end() {
    running.remove(Thread.currentThread());
    boolean unused = Thread.interrupted(); // a late interrupt must not reach the next exchange
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
