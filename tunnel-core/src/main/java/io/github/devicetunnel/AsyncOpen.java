package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Opens a stream on a separate thread and reports the result in a future. */
final class AsyncOpen {
  private AsyncOpen() {}

  /**
   * Starts to open a stream.
   *
   * @return a future that completes with the open stream, or with the exception of {@link
   *     StreamLife#open()}; if the caller cancels the future or completes it exceptionally, the
   *     dial is cancelled
   */
  static CompletableFuture<TunnelStream> begin(
      TunnelStream stream, ConnectionThreads threads, String threadName) {
    CompletableFuture<TunnelStream> result = new CompletableFuture<>();
    var unused =
        result.whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                stream.life().closeSoon();
              }
            });
    try {
      threads.start(threadName, () -> open(stream, result));
    } catch (OutOfMemoryError e) {
      stream.close(); // No thread could be started.
      throw e;
    }
    return result;
  }

  private static void open(TunnelStream stream, CompletableFuture<TunnelStream> result) {
    try {
      stream.life().open();
    } catch (IOException | RuntimeException | Error e) {
      result.completeExceptionally(e);
      return;
    }
    if (!result.complete(stream)) {
      stream.close();
    }
  }
}
