package io.github.devicetunnel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Sources of tokens for {@link Credentials}. None keeps a token: each dial gets what is there then.
 * Line breaks at the end do not count.
 */
public final class TokenSources {
  private TokenSources() {}

  /**
   * A file, which is read for every dial: whoever changes the token replaces the file, best by
   * moving a new one there.
   *
   * @param file that holds the token and nothing else, 64 KiB at most
   * @return a source that fails when the file is missing, unreadable, empty or too large
   */
  public static TokenSource file(Path file) {
    Objects.requireNonNull(file, "file");
    return request -> {
      try (InputStream in = Files.newInputStream(file)) {
        return TokenText.of("the token file " + file, in.readNBytes(TokenText.LARGEST + 1));
      } catch (NoSuchFileException e) {
        throw new IOException("there is no token file " + file + ": write the token there", e);
      } catch (AccessDeniedException e) {
        throw new IOException(
            "the token file " + file + " may not be read by this user: change who owns it", e);
      }
    };
  }

  /**
   * An environment variable of this process.
   *
   * @param name of the variable
   * @return a source that fails when the variable is not set, or empty
   */
  public static TokenSource environment(String name) {
    Objects.requireNonNull(name, "name");
    return request -> {
      String value = System.getenv(name);
      if (value == null) {
        throw new IOException(
            "the environment variable " + name + " is not set: put the token there");
      }
      return TokenText.of("the environment variable " + name, value);
    };
  }

  /**
   * A program that prints the token, and is run for every dial. It gets this process's environment
   * and no input; no shell is between. When its time is over, or nobody waits for the token any
   * longer, it is killed, and so are the programs that it has started, as far as the system tells
   * which those are.
   *
   * @param command the program, as a path or a name to be found on the system's path, and its
   *     arguments
   * @param timeout how long one run may take; positive
   * @return a source that fails when the program does, with the beginning of what it printed to
   *     standard error; its output, and its arguments, are shown nowhere
   * @throws IllegalArgumentException when the command is empty or the timeout is not positive
   */
  public static TokenSource command(List<String> command, Duration timeout) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("command is empty: it takes a program and its arguments");
    }
    return new TokenCommand(List.copyOf(command), Durations.positive("timeout", timeout));
  }
}
