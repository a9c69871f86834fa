package io.github.devicetunnel.jwt;

import io.github.devicetunnel.internal.text.OneLine;
import org.jspecify.annotations.Nullable;

/** Formats text from external sources for one-line messages. */
final class Text {
  private static final int MAX_LENGTH = 300;

  private Text() {}

  /** Returns the text on one line, at most 300 characters long; null if it is blank. */
  static @Nullable String oneLine(@Nullable Object text) {
    if (text == null) {
      return null;
    }
    String words = OneLine.words(text.toString(), MAX_LENGTH);
    return words.isEmpty() ? null : words;
  }

  static String quoted(String text) {
    String clean = oneLine(text);
    return '"' + (clean == null ? "" : clean) + '"';
  }
}
