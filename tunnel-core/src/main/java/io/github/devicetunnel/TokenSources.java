package io.github.devicetunnel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Implementations of {@link TokenSource} for {@link Credentials}. None of them caches a token: each
 * dial attempt reads the current one. Line breaks at the end are ignored.
 */
public final class TokenSources {
  private TokenSources() {}

  /**
   * Returns a source that reads a file for each dial attempt. To change the token, replace the
   * file, preferably by moving a new file over it. At most one thread reads the file at a time.
   *
   * @param file a regular file that contains only the token, at most 64 KiB
   * @return a source that fails if the file is missing, not a regular file, unreadable, empty or
   *     too large
   */
  public static TokenSource file(Path file) {
    Objects.requireNonNull(file, "file");
    // A file system that does not answer blocks its reader, despite interrupts. The other dials
    // wait
    // for this lock instead, and end at their timeout.
    ReentrantLock oneReader = new ReentrantLock();
    return request -> {
      oneReader.lockInterruptibly();
      try {
        return readFile(file);
      } catch (NoSuchFileException e) {
        throw new IOException(
            "the token file " + file + " does not exist; write the token to it", e);
      } catch (AccessDeniedException e) {
        throw new IOException(
            "no permission to read the token file " + file + "; change its owner or mode", e);
      } finally {
        oneReader.unlock();
      }
    };
  }

  private static String readFile(Path file) throws IOException {
    // Opening a pipe blocks until another program opens it too.
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new IOException(
          "the token file " + file + " is not a regular file; replace it with one");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return TokenText.of("the token file " + file, in.readNBytes(TokenText.MAX_BYTES + 1));
    }
  }

  /**
   * Returns a source that reads an environment variable of this process.
   *
   * @param name the name of the variable
   * @return a source that fails if the variable is unset or empty
   */
  public static TokenSource environment(String name) {
    Objects.requireNonNull(name, "name");
    return request -> {
      String value = System.getenv(name);
      if (value == null) {
        throw new IOException(
            "the environment variable " + name + " is not set; set it to the token");
      }
      return TokenText.of("the environment variable " + name, value);
    };
  }

  /**
   * Returns a source that runs a program for each dial attempt and reads the token from its
   * standard output. The program inherits the environment of this process and gets no input. It is
   * started without a shell. After the timeout, or when the token is no longer needed, the program
   * and its descendants are killed, as far as the system reports them.
   *
   * @param command the program, as a path or a name in the system's search path, and its arguments
   * @param timeout maximum duration of one run; positive
   * @return a source that fails if the program fails; the message contains the beginning of its
   *     standard error. Its standard output and its arguments are never shown
   * @throws IllegalArgumentException if the command is empty or the timeout is not positive
   */
  public static TokenSource command(List<String> command, Duration timeout) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("command is empty; pass a program and its arguments");
    }
    return new TokenCommand(List.copyOf(command), Durations.positive("timeout", timeout));
  }
}
