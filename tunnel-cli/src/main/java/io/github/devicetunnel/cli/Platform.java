package io.github.devicetunnel.cli;

/** The kind of operating system, where a message or a deed depends on it. */
enum Platform {
  WINDOWS,
  MACOS,
  OTHER;

  static final Platform THIS = named(System.getProperty("os.name", ""));

  /** By its name in Java's {@code os.name}. */
  static Platform named(String name) {
    if (name.startsWith("Windows")) {
      return WINDOWS;
    }
    return name.startsWith("Mac") ? MACOS : OTHER;
  }
}
