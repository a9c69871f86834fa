package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TokenSources;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.OptionNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a key from a file or from standard input. Messages do not contain the file's name, because
 * users sometimes pass the key itself instead.
 */
public final class KeyFile {
  private static final String STANDARD_INPUT = "-";

  /**
   * The maximum length in bytes, many times the length of any token. A longer file is the wrong
   * file.
   */
  private static final int MAX_BYTES = 64 << 10;

  private KeyFile() {}

  /**
   * Returns a source that reads the file for every dial, or null if the input can be read only
   * once, such as standard input or a pipe.
   */
  static @Nullable TokenSource source(String name) {
    return !name.equals(STANDARD_INPUT) && Files.isRegularFile(FilePath.of(name))
        ? TokenSources.file(FilePath.of(name))
        : null;
  }

  public static String read(String name, InputStream input) {
    if (name.equals(STANDARD_INPUT)) {
      try {
        return text(firstLine(input));
      } catch (IOException e) {
        throw rejected("standard input cannot be read: " + e.getMessage());
      }
    }
    try (InputStream file = Files.newInputStream(FilePath.of(name))) {
      return text(file.readNBytes(MAX_BYTES + 1));
    } catch (InvalidPathException e) {
      throw rejected(
          "must be the path of a file with the access key or token, but is not a valid path");
    } catch (NoSuchFileException e) {
      throw rejected("file not found; specify the path of a file with the access key or token");
    } catch (AccessDeniedException e) {
      throw rejected("permission denied; check the permissions of the file");
    } catch (IOException e) {
      throw rejected("the file cannot be read; specify another file");
    }
  }

  /** Reads up to the first line break, so that Enter ends the input at a terminal. */
  private static byte[] firstLine(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = input.read();
    while (b >= 0 && b != '\n' && line.size() <= MAX_BYTES) {
      line.write(b);
      b = input.read();
    }
    return line.toByteArray();
  }

  private static String text(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw rejected(
          "contains more than 64 KiB, too much for an access key or token; specify another file");
    }
    String key = new String(bytes, StandardCharsets.UTF_8).replaceFirst("[\r\n]+$", "");
    if (key.isEmpty()) {
      throw rejected("is empty; provide an access key or token");
    }
    return key;
  }

  private static CommandFailure rejected(String message) {
    return CommandFailure.usage(OptionNames.API_KEY_FILE + ": " + message);
  }
}
