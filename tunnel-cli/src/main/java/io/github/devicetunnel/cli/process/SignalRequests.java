package io.github.devicetunnel.cli.process;

import java.util.concurrent.CompletableFuture;

/**
 * The requests of signals that the main thread has not handled yet. A request to stop precedes all
 * requests to reload, and several requests to reload count as one. Thread-safe.
 */
public final class SignalRequests {
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private boolean reload;

  public void requestStop() {
    stop.complete(null);
    synchronized (this) {
      notifyAll();
    }
  }

  public synchronized void requestReload() {
    reload = true;
    notifyAll();
  }

  /** Returns a future that completes with the first request to stop. */
  public CompletableFuture<Void> stop() {
    return stop;
  }

  /** Waits for a request. Returns true to reload the configuration, and false to stop. */
  public synchronized boolean awaitReload() throws InterruptedException {
    while (!reload && !stop.isDone()) {
      wait();
    }
    reload = false;
    return !stop.isDone();
  }
}
