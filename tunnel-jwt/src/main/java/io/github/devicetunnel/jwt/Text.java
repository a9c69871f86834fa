package io.github.devicetunnel.jwt;

import io.github.devicetunnel.internal.text.OneLine;
import org.jspecify.annotations.Nullable;

/** Other people's words, fit for one line of a message. */
final class Text {
  private static final int LONGEST = 300;

  private Text() {}

  /** Null when there is nothing in it. */
  static @Nullable String oneLine(@Nullable Object text) {
    if (text == null) {
      return null;
    }
    String words = OneLine.words(text.toString(), LONGEST);
    return words.isEmpty() ? null : words;
  }

  static String quoted(String text) {
    String clean = oneLine(text);
    return '"' + (clean == null ? "" : clean) + '"';
  }
}
