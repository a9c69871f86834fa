package io.github.devicetunnel.benchmarks.compare;

import java.io.Closeable;
import java.io.IOException;

/** Utilities for threads and connections. */
final class Relays {
  /** Stack size in bytes, small because thousands of threads must fit into a process. */
  private static final long STACK = 192 << 10;

  private Relays() {}

  static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, STACK);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static void close(Closeable... all) {
    for (Closeable one : all) {
      try {
        one.close();
      } catch (IOException e) {
        // The connection has ended in any case.
      }
    }
  }
}
