package io.github.devicetunnel.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sends the log to standard error. In code, because parsing a file of XML delays every start. */
final class Logging {
  /** Held here, because the JDK forgets the level of a logger that nobody holds. */
  private static final java.util.logging.Logger HTTP_CLIENT =
      java.util.logging.Logger.getLogger("okhttp3");

  private Logging() {}

  /** What was set before is forgotten. */
  static void to(Terminal terminal, LogLevel level, Format format, Redaction redaction) {
    // OkHttp, MockWebServer and the JDK's web server; the library tells what matters of them.
    LogManager.getLogManager().reset();
    if (level == LogLevel.TRACE) {
      SLF4JBridgeHandler.install();
      HTTP_CLIENT.setLevel(java.util.logging.Level.ALL);
    }

    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(new LogLayout(context, level, format, terminal.hasColours(), redaction));
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(new StaysOpen(terminal.err()));
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.valueOf(level.name()));
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
