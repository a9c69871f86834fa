package io.github.devicetunnel.cli.value;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files of the user, whose size and type are not known. */
public final class ReadableFile {
  private static final int MAX_BYTES = 1 << 20;

  private ReadableFile() {}

  /**
   * Reads a text in UTF-8.
   *
   * @param option the option with the file, for messages
   * @throws IOException if the file cannot be read or is not UTF-8
   * @throws CommandFailure with {@link ExitCode#USAGE} if it is longer than 1 MiB
   */
  public static String text(String option, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw CommandFailure.usage(
            option + ": " + file + ": is larger than 1 MiB; specify another file");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  /**
   * Checks that a file can be read a second time. A pipe cannot, and opening it may block for ever.
   * Accepts a missing file.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file exists and is not a regular file
   */
  public static void requireRegular(String option, Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw CommandFailure.usage(
          option + ": " + file + ": is not a regular file; replace it with one");
    }
  }
}
