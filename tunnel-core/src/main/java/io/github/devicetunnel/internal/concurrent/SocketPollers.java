package io.github.devicetunnel.internal.concurrent;

/** The pollers of the JDK, on which virtual threads wait for sockets. */
public final class SocketPollers {
  private SocketPollers() {}

  /**
   * Loads the pollers, if the JDK has any. Without a free file descriptor, the first virtual thread
   * could not load them, and Java would never try again.
   */
  public static void load() {
    try {
      Class<?> unused = Class.forName("sun.nio.ch.Poller");
    } catch (ClassNotFoundException | LinkageError e) {
      // Java 17, or another implementation. Virtual threads report a failure themselves.
    }
  }
}
