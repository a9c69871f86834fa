package io.github.devicetunnel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Validates the content of a file, a variable or a program's output as a token. */
final class TokenText {
  /** A limit far above the length of any token. */
  static final int MAX_BYTES = 64 << 10;

  private TokenText() {}

  /**
   * Returns the token without line breaks at its end.
   *
   * @param origin a description of the source, for messages
   * @param bytes the content, up to one byte more than {@link #MAX_BYTES}
   * @throws IOException if the content is empty or too long
   */
  static String of(String origin, byte[] bytes) throws IOException {
    if (bytes.length > MAX_BYTES) {
      throw new IOException(
          origin + " is longer than 64 KiB; check that it contains only the token");
    }
    return of(origin, new String(bytes, StandardCharsets.UTF_8));
  }

  static String of(String origin, String text) throws IOException {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    if (end == 0) {
      throw new IOException(origin + " is empty; it must contain the token");
    }
    return text.substring(0, end);
  }
}
