package io.github.devicetunnel.cli;

import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TokenSources;
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
final class KeyFile {
  private static final String STANDARD_INPUT = "-";

  /**
   * The maximum length in bytes, many times the length of any token. A longer file is the wrong
   * file.
   */
  private static final int LARGEST = 64 << 10;

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

  static String read(String name, InputStream input) {
    if (name.equals(STANDARD_INPUT)) {
      try {
        return text(firstLine(input));
      } catch (IOException e) {
        throw refused("standard input cannot be read: " + e.getMessage());
      }
    }
    try (InputStream file = Files.newInputStream(FilePath.of(name))) {
      return text(file.readNBytes(LARGEST + 1));
    } catch (InvalidPathException e) {
      throw refused(
          "that is no path on this system; it takes the name of a file that holds the key");
    } catch (NoSuchFileException e) {
      throw refused("there is no such file; it takes the name of a file that holds the key");
    } catch (AccessDeniedException e) {
      throw refused("you may not read that file: change who may");
    } catch (IOException e) {
      throw refused("that is no file that can be read: name another");
    }
  }

  /** Reads up to the first line break, so that Enter ends the input at a terminal. */
  private static byte[] firstLine(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = input.read();
    while (b >= 0 && b != '\n' && line.size() <= LARGEST) {
      line.write(b);
      b = input.read();
    }
    return line.toByteArray();
  }

  private static String text(byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw refused("holds more than 64 KiB, so it is no key: name another");
    }
    String key = new String(bytes, StandardCharsets.UTF_8).replaceFirst("[\r\n]+$", "");
    if (key.isEmpty()) {
      throw refused("holds nothing: put the key there");
    }
    return key;
  }

  private static CommandFailure refused(String message) {
    return CommandFailure.usage(KeyOptions.API_KEY_FILE + ": " + message);
  }
}
