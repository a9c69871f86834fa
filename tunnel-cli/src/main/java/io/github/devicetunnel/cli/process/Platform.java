package io.github.devicetunnel.cli.process;

/** The operating system, where messages or behaviour depend on it. */
public enum Platform {
  WINDOWS,
  MACOS,
  OTHER;

  public static final Platform THIS = named(System.getProperty("os.name", ""));

  /** Returns the platform for a value of the system property {@code os.name}. */
  public static Platform named(String name) {
    if (name.startsWith("Windows")) {
      return WINDOWS;
    }
    return name.startsWith("Mac") ? MACOS : OTHER;
  }
}
