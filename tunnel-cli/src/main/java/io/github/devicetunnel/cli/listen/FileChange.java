package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.cli.process.Platform;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/**
 * The replacement or removal of a file that other programs read. Windows rejects the change while
 * another program has the file open, usually briefly, so the change is retried.
 */
@FunctionalInterface
interface FileChange {
  /**
   * The maximum time for another program, such as a virus scanner, to close a small file. Zero on
   * other systems, where waiting does not help.
   */
  Duration PATIENCE = Platform.THIS == Platform.WINDOWS ? Duration.ofSeconds(2) : Duration.ZERO;

  long PAUSE_MILLIS = 25;

  void make() throws IOException;

  /**
   * Makes the change and retries it until a deadline. An interrupt ends the retries too and is
   * preserved. A missing file and an unsupported atomic move are not retried.
   *
   * @param patience the maximum time to retry
   * @throws IOException the last failure
   */
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

  /**
   * Describes a failure. The message of a {@code FileSystemException} is often only the file names.
   */
  static String describe(IOException e) {
    if (e instanceof FileSystemException failure) {
      String reason = failure.getReason();
      return reason == null ? "the file may be open in another program" : reason;
    }
    return String.valueOf(e.getMessage());
  }
}
