package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TokenRequest;
import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TokenSources;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
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
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a key from a file or from standard input. Messages do not contain the file's name, because
 * users sometimes pass the key itself instead.
 */
public final class KeyFile {
  private static final String OPTION = OptionNames.API_KEY_FILE;
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
        ? new FileSource(FilePath.of(name))
        : null;
  }

  /** A source that equals another source of the same file, so that a reload changes nothing. */
  private static final class FileSource implements TokenSource {
    private final Path file;
    private final TokenSource source;

    FileSource(Path file) {
      this.file = file;
      this.source = TokenSources.file(file);
    }

    @Override
    public String token(TokenRequest request) throws IOException, InterruptedException {
      return source.token(request);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof FileSource that && file.equals(that.file);
    }

    @Override
    public int hashCode() {
      return file.hashCode();
    }
  }

  public static String read(String name, InputStream input) {
    if (name.equals(STANDARD_INPUT)) {
      try {
        return text(OPTION, firstLine(input));
      } catch (IOException e) {
        throw rejected(OPTION, "standard input cannot be read: " + e.getMessage());
      }
    }
    return read(OPTION, name);
  }

  /**
   * Reads a file.
   *
   * @param where the origin of the file's name, for messages
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file has no key
   */
  static String read(String where, String name) {
    try (InputStream file = Files.newInputStream(FilePath.of(name))) {
      return text(where, file.readNBytes(MAX_BYTES + 1));
    } catch (InvalidPathException e) {
      throw rejected(
          where,
          "must be the path of a file with the access key or token, but is not a valid path");
    } catch (NoSuchFileException e) {
      throw rejected(
          where, "file not found; specify the path of a file with the access key or token");
    } catch (AccessDeniedException e) {
      throw rejected(where, "permission denied; check the permissions of the file");
    } catch (IOException e) {
      throw rejected(where, "the file cannot be read; specify another file");
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

  private static String text(String where, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw rejected(
          where,
          "contains more than 64 KiB, too much for an access key or token; specify another file");
    }
    String key = new String(bytes, StandardCharsets.UTF_8).replaceFirst("[\r\n]+$", "");
    if (key.isEmpty()) {
      throw rejected(where, "is empty; provide an access key or token");
    }
    return key;
  }

  private static CommandFailure rejected(String where, String message) {
    return CommandFailure.usage(where + ": " + message);
  }
}
