package io.github.devicetunnel.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the log to standard error. In code, because parsing a file of XML delays every start. */
final class Logging {
  /** No stack traces: a message is for the person who runs the program. */
  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %msg%nopex%n";

  private Logging() {}

  static void to(PrintStream err) {
    // OkHttp, MockWebServer and the JDK's web server; the library tells what matters of them.
    LogManager.getLogManager().reset();

    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(new StaysOpen(err));
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
  }

  /** Leaves out what is in order. */
  static void onlyWarnings() {
    only(Level.WARN);
  }

  /** Leaves out that connections are cut, too, where nobody needs them any more. */
  static void onlyErrors() {
    only(Level.ERROR);
  }

  private static void only(Level level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
  }

  /** Logback closes what it writes to; standard error is not its own. */
  private static final class StaysOpen extends FilterOutputStream {
    StaysOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
