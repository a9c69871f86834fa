package io.github.devicetunnel.cli;

import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.slf4j.jul.JULServiceProvider;

/** Sends the log to standard error, by the logging of the JDK. */
final class Logging {
  private static final Logger ROOT = Logger.getLogger("");

  private static final Logger HTTP_CLIENT = Logger.getLogger("okhttp3");

  /** The library tells what matters of them. Held, because the JDK forgets what nobody holds. */
  private static final List<Logger> OF_OTHERS =
      Stream.concat(
              Stream.of(HTTP_CLIENT),
              Stream.of("mockwebserver3", "com.sun", "sun", "jdk", "java", "javax")
                  .map(Logger::getLogger))
          .toList();

  private Logging() {}

  /**
   * To be called before anything asks for a logger. SLF4J would open every jar to find its
   * provider, which takes a fifth of a start.
   */
  static void nameProvider() {
    System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, JULServiceProvider.class.getName());
    // It would tell that it does.
    System.setProperty(org.slf4j.helpers.Reporter.SLF4J_INTERNAL_VERBOSITY_KEY, "WARN");
  }

  /** What was set before is forgotten. */
  static void to(Output output, LogLevel level, Format format, Redaction redaction) {
    LogManager.getLogManager().reset();
    ROOT.setLevel(level.ofJdk());
    ROOT.addHandler(
        new Printer(output.err(), new LogFormatter(level, format, output.hasColours(), redaction)));
    for (Logger logger : OF_OTHERS) {
      logger.setLevel(level == LogLevel.TRACE ? Level.INFO : Level.OFF);
    }
    if (level == LogLevel.TRACE) {
      HTTP_CLIENT.setLevel(Level.ALL);
    }
  }

  /** Leaves out what is in order. */
  static void onlyWarnings() {
    ROOT.setLevel(LogLevel.WARN.ofJdk());
  }

  /** Leaves out that connections are cut, too, where nobody needs them any more. */
  static void onlyErrors() {
    ROOT.setLevel(LogLevel.ERROR.ofJdk());
  }

  /** Does not wait for a reader: what is logged is logged by the threads that carry bytes. */
  private static final class Printer extends Handler {
    private final LineOutput out;

    Printer(LineOutput out, Formatter formatter) {
      this.out = out;
      setFormatter(formatter);
    }

    @Override
    public void publish(LogRecord event) {
      out.print(getFormatter().format(event));
    }

    @Override
    public void flush() {
      // It would wait for a reader.
    }

    @Override
    public void close() {
      // Standard error is not its own.
    }
  }
}
