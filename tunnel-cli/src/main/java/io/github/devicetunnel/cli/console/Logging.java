package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.process.LineOutput;
import io.github.devicetunnel.cli.process.Output;
import java.io.IOException;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.slf4j.jul.JULServiceProvider;

/** Configures the logging of the JDK to write to standard error. */
public final class Logging {
  private static final Logger ROOT = Logger.getLogger("");

  private static final Logger HTTP_CLIENT = Logger.getLogger("okhttp3");

  /**
   * Loggers of other libraries and the JDK. They are off except at the level TRACE, because the
   * library logs their relevant messages. Stored here because the JDK keeps only weak references to
   * loggers.
   */
  private static final List<Logger> THIRD_PARTY =
      Stream.concat(
              Stream.of(HTTP_CLIENT),
              Stream.of("mockwebserver3", "com.sun", "sun", "jdk", "java", "javax")
                  .map(Logger::getLogger))
          .toList();

  /** The name of a logger whose records are formatted and then discarded. */
  private static final String REHEARSAL = "tunnel.rehearsal";

  private Logging() {}

  /**
   * Names the logging provider. Must be called before the first logger is requested. Otherwise
   * SLF4J searches every jar for its provider, which takes a fifth of the startup time.
   */
  public static void nameProvider() {
    System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, JULServiceProvider.class.getName());
    // At the default level, SLF4J reports that it uses this property.
    System.setProperty(org.slf4j.helpers.Reporter.SLF4J_INTERNAL_VERBOSITY_KEY, "WARN");
  }

  /** Configures the log and replaces all earlier settings. */
  static void to(Output output, LogLevel level, Format format, MessageFilter filter) {
    LogManager.getLogManager().reset();
    ROOT.setLevel(level.ofJdk());
    ROOT.addHandler(
        new Printer(output.err(), new LogFormatter(level, format, output.hasColours(), filter)));
    for (Logger logger : THIRD_PARTY) {
      logger.setLevel(level == LogLevel.TRACE ? Level.INFO : Level.OFF);
    }
    if (level == LogLevel.TRACE) {
      HTTP_CLIENT.setLevel(Level.ALL);
    }
  }

  /** Loads the classes that a log line requires. Writes nothing. */
  static void rehearse() {
    LoggerFactory.getLogger(REHEARSAL).error("{}, {} and {}", 1, 2, 3, new IOException("none"));
  }

  /** Omits records below warnings. */
  public static void onlyWarnings() {
    ROOT.setLevel(LogLevel.WARN.ofJdk());
  }

  /** Omits warnings too, such as those about aborted connections that no program needs any more. */
  public static void onlyErrors() {
    ROOT.setLevel(LogLevel.ERROR.ofJdk());
  }

  /** Writes log records without waiting for a reader, because threads that carry bytes log. */
  private static final class Printer extends Handler {
    private final LineOutput out;
    private final LogFormatter formatter;

    Printer(LineOutput out, LogFormatter formatter) {
      this.out = out;
      this.formatter = formatter;
    }

    /** Never throws, because the threads of connections and listeners must survive their log. */
    @Override
    public void publish(LogRecord event) {
      try {
        String line = formatter.format(event);
        if (!REHEARSAL.equals(event.getLoggerName())) {
          out.print(line);
        }
      } catch (Throwable e) {
        publishFailure(e);
      }
    }

    private void publishFailure(Throwable failure) {
      try {
        out.print(formatter.formatFailure(failure));
      } catch (Throwable e) {
        // Usually there is no memory for any line.
      }
    }

    @Override
    public void flush() {
      // Flushing would wait for a reader.
    }

    @Override
    public void close() {
      // Standard error stays open for other output.
    }
  }
}
