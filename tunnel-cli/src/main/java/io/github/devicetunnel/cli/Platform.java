package io.github.devicetunnel.cli;

/** The operating system, where messages or behaviour depend on it. */
enum Platform {
  WINDOWS,
  MACOS,
  OTHER;

  static final Platform THIS = named(System.getProperty("os.name", ""));

  /** Returns the platform for a value of the system property {@code os.name}. */
  static Platform named(String name) {
    if (name.startsWith("Windows")) {
      return WINDOWS;
    }
    return name.startsWith("Mac") ? MACOS : OTHER;
  }
}
