package io.github.devicetunnel.cli.process;

import java.util.concurrent.ThreadFactory;

/** Creates daemon threads, which do not keep the JVM alive. */
public final class Daemons {
  private Daemons() {}

  /** Returns a thread that is not started. */
  public static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Returns a factory whose threads have the same name. */
  public static ThreadFactory factory(String name) {
    return task -> thread(name, task);
  }
}
