package io.github.devicetunnel.directory;

import io.github.devicetunnel.internal.text.OneLine;
import org.jspecify.annotations.Nullable;

/** Texts of the cloud and of the application in a form that is safe for messages. */
final class DirectoryText {
  /** Maximum length of a text of a device. Names in the cloud have at most 128 characters. */
  static final int MAX_LENGTH = 500;

  private static final int MAX_QUOTED = 100;

  private DirectoryText() {}

  /** Returns a text of the cloud on one line, or null if it is blank. */
  static @Nullable String clean(@Nullable String text) {
    return text == null || text.isBlank() ? null : cleanValue(text);
  }

  /** Returns a text of the cloud on one line. */
  static String cleanValue(String text) {
    return OneLine.of(text, MAX_LENGTH);
  }

  static String quoted(String text) {
    return '"' + OneLine.of(text, MAX_QUOTED) + '"';
  }

  /** Returns why the text cannot be the name of a device, with the fix, or null if it can. */
  static @Nullable String nameDefect(String name) {
    if (name.isBlank()) {
      return "name must not be empty; set it to the name or ID of a device";
    }
    if (!OneLine.printable(name).equals(name)) {
      return "name must not contain control characters, but is "
          + quoted(name)
          + "; remove them, or use the device ID";
    }
    return name.length() > MAX_LENGTH
        ? "name must have at most " + MAX_LENGTH + " characters, but has " + name.length()
        : null;
  }
}
