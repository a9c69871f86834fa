package io.github.devicetunnel;

/** Logs where a log that fails, such as an appender that throws, must not change the outcome. */
final class SafeLog {
  private SafeLog() {}

  /** Runs a log call, and ignores its failure, which nothing could report. */
  static void log(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      // The log itself is broken, or there is no memory.
    }
  }
}
