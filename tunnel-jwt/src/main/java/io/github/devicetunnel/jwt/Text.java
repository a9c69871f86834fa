package io.github.devicetunnel.jwt;

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
    String clean = text.toString().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    if (clean.isEmpty()) {
      return null;
    }
    return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "...";
  }

  static String quoted(String text) {
    String clean = oneLine(text);
    return '"' + (clean == null ? "" : clean) + '"';
  }
}
