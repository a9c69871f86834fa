package io.github.devicetunnel.benchmarks.pressure;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Runs work on a separate daemon thread. */
final class Background {
  private Background() {}

  static <T> CompletableFuture<T> start(String name, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return result;
  }
}
