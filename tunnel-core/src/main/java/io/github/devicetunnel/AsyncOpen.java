package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Opens a stream on a thread of its own, for whoever waits for it in a future. */
final class AsyncOpen {
  private AsyncOpen() {}

  /**
   * Begins to open it.
   *
   * @return completed with the open stream, or with what {@link StreamLife#open()} throws; when it
   *     is completed otherwise, the dial is given up
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
      stream.close(); // There is no thread to be had.
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
