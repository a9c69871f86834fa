package io.github.devicetunnel.cli;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/**
 * Replaces or removes a file that other programs read. Windows refuses that while one of them has
 * it open, which is over soon: so it is tried again for a while.
 */
@FunctionalInterface
interface FileChange {
  /**
   * Long enough for a reader, or a virus scanner, to be done with a small file; elsewhere a refusal
   * does not go away.
   */
  Duration PATIENCE = Platform.THIS == Platform.WINDOWS ? Duration.ofSeconds(2) : Duration.ZERO;

  long PAUSE_MILLIS = 25;

  void make() throws IOException;

  /** Waits at most so long, and throws then what was last in the way. An interrupt ends it too. */
  default void makeWithin(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        make();
        return;
      } catch (NoSuchFileException | AtomicMoveNotSupportedException e) {
        throw e;
      } catch (FileSystemException e) {
        if (System.nanoTime() - deadline >= 0 || !pause()) {
          throw e;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Java's message is often the names of the files alone. */
  static String describe(IOException e) {
    if (e instanceof FileSystemException refused) {
      String reason = refused.getReason();
      return reason == null ? "the system refuses it: is it open in another program?" : reason;
    }
    return String.valueOf(e.getMessage());
  }
}
