package io.github.devicetunnel.internal.text;

import java.util.regex.Pattern;

/**
 * Makes text from outside fit for one line of a message, a log or a terminal. A server could
 * otherwise write to the terminal, forge lines of a log, or turn the direction of text around.
 */
public final class OneLine {
  /** As much of a server's text as a message repeats. */
  public static final int MAX_FOREIGN = 500;

  /**
   * The categories of Unicode that are not to be seen: controls, formats, lone surrogates,
   * separators of lines and paragraphs.
   */
  private static final String UNPRINTABLE = "\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}";

  private static final Pattern EACH = Pattern.compile("[" + UNPRINTABLE + "]");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[" + UNPRINTABLE + "\\s]+");

  private OneLine() {}

  /** Puts a question mark in the place of every character that is not to be seen. */
  public static String printable(String text) {
    return EACH.matcher(text).replaceAll("?");
  }

  /** As {@link #printable}, and not longer than that many characters and three dots. */
  public static String of(String text, int maxLength) {
    return cut(printable(text), maxLength);
  }

  /**
   * Joins the words of a text with blanks.
   *
   * @return empty when there are none; not longer than that many characters and three dots
   */
  public static String words(String text, int maxLength) {
    return cut(BETWEEN_WORDS.matcher(text).replaceAll(" ").strip(), maxLength);
  }

  private static String cut(String text, int maxLength) {
    if (text.length() <= maxLength) {
      return text;
    }
    boolean insidePair = Character.isHighSurrogate(text.charAt(maxLength - 1));
    return text.substring(0, insidePair ? maxLength - 1 : maxLength) + "...";
  }
}
