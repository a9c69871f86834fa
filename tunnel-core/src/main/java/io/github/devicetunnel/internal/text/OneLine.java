package io.github.devicetunnel.internal.text;

import java.util.regex.Pattern;

/**
 * A sanitizer that makes foreign text safe for one line of a message, log or terminal. Otherwise a
 * server could send terminal control sequences, forge log lines or reverse the direction of text.
 */
public final class OneLine {
  /** Maximum number of characters of a server's text that a message repeats. */
  public static final int MAX_FOREIGN = 500;

  /**
   * Unicode categories of invisible characters: controls, formats, lone surrogates, line and
   * paragraph separators.
   */
  private static final String UNPRINTABLE = "\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}";

  private static final Pattern EACH = Pattern.compile("[" + UNPRINTABLE + "]");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[" + UNPRINTABLE + "\\s]+");

  private OneLine() {}

  /** Replaces each invisible character with a question mark. */
  public static String printable(String text) {
    return EACH.matcher(text).replaceAll("?");
  }

  /**
   * Returns the text as {@link #printable}, truncated to a maximum length followed by three dots.
   */
  public static String of(String text, int maxLength) {
    return truncated(printable(text), maxLength);
  }

  /**
   * Joins the words of a text with single spaces.
   *
   * @return an empty string if there are no words; truncated to a maximum length followed by three
   *     dots
   */
  public static String words(String text, int maxLength) {
    return truncated(BETWEEN_WORDS.matcher(text).replaceAll(" ").strip(), maxLength);
  }

  private static String truncated(String text, int maxLength) {
    if (text.length() <= maxLength) {
      return text;
    }
    boolean insidePair = Character.isHighSurrogate(text.charAt(maxLength - 1));
    return text.substring(0, insidePair ? maxLength - 1 : maxLength) + "...";
  }
}
