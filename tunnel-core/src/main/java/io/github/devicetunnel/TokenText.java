package io.github.devicetunnel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a file, a variable or a program holds, read as a token. */
final class TokenText {
  /** Many times as long as any token. */
  static final int LARGEST = 64 << 10;

  private TokenText() {}

  /**
   * Without the line breaks at its end.
   *
   * @param origin how it is called in messages
   * @param bytes as many as there are, or one more than {@link #LARGEST}
   * @throws IOException when there is nothing, or too much
   */
  static String of(String origin, byte[] bytes) throws IOException {
    if (bytes.length > LARGEST) {
      throw new IOException(origin + " holds more than 64 KiB, so it is no token: name another");
    }
    return of(origin, new String(bytes, StandardCharsets.UTF_8));
  }

  static String of(String origin, String text) throws IOException {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    if (end == 0) {
      throw new IOException(origin + " is empty: put the token there");
    }
    return text.substring(0, end);
  }
}
