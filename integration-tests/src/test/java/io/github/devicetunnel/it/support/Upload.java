package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Writes pseudorandom bytes on its own thread, in pieces from 1 byte to 1 MiB. */
public final class Upload {
  private static final int MAX_PIECE = 1 << 20;

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private Upload() {}

  public static Upload start(OutputStream out, long seed, long count) {
    return running(() -> write(out, seed, count));
  }

  /** Runs any task on its own thread. */
  public static Upload running(Task task) {
    Upload upload = new Upload();
    Thread thread = new Thread(() -> upload.run(task), "test-upload");
    thread.setDaemon(true);
    thread.start();
    return upload;
  }

  /** A task that can fail. */
  public interface Task {
    void run() throws IOException;
  }

  private void run(Task task) {
    try {
      task.run();
      done.complete(null);
    } catch (IOException | RuntimeException | AssertionError e) {
      done.completeExceptionally(e);
    }
  }

  /** Writes all bytes on the calling thread. */
  public static void write(OutputStream out, long seed, long count) throws IOException {
    RandomBytes bytes = new RandomBytes(seed, count);
    SplittableRandom sizes = new SplittableRandom(seed + 1);
    byte[] piece = new byte[MAX_PIECE];
    for (long left = count; left > 0; ) {
      // Short pieces are as frequent as long pieces.
      int size = 1 << sizes.nextInt(21);
      size = (int) Math.min(size + sizes.nextInt(size), Math.min(left, MAX_PIECE));
      int filled = bytes.readNBytes(piece, 0, size);
      out.write(piece, 0, filled);
      left -= filled;
    }
  }

  /** Waits until the task has ended. */
  public void await() throws IOException, InterruptedException {
    try {
      Await.get(done);
    } catch (ExecutionException e) {
      throw new IOException("the upload failed", e.getCause());
    }
  }
}
