package io.github.devicetunnel.benchmarks.pressure;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The warnings of the library, in which a listener reports close reasons. */
public final class Logs {
  private static final int MOST = 10_000;
  private static final Queue<String> WARNINGS = new ConcurrentLinkedQueue<>();

  private Logs() {}

  /** Collects warnings and suppresses all log output. */
  public static void quiet() {
    LogManager.getLogManager().reset(); // MockWebServer logs to java.util.logging
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (WARNINGS.size() < MOST) {
              WARNINGS.add(event.getFormattedMessage());
            }
          }
        };
    appender.setContext(context);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
  }

  /** Discards the collected warnings. */
  static void clear() {
    WARNINGS.clear();
  }

  static long warningsWith(String text) {
    return WARNINGS.stream().filter(line -> line.contains(text)).count();
  }
}
