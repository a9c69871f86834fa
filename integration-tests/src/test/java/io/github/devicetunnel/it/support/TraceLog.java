package io.github.devicetunnel.it.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.util.FileSize;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.slf4j.LoggerFactory;

/**
 * Writes every log event of all tests, at the lowest level, to the file in the system property
 * {@code tunnel.trace.log}: one file for each JVM that runs tests. {@link TraceLogCheck} searches
 * the files for secrets.
 */
public final class TraceLog implements LauncherSessionListener {
  private final FileAppender<ILoggingEvent> file = new FileAppender<>();

  /** OkHttp and its server. A strong reference, because the JDK collects loggers without one. */
  private final List<java.util.logging.Logger> jdkLoggers =
      Stream.of("okhttp3", "mockwebserver3").map(java.util.logging.Logger::getLogger).toList();

  /** Forwards the events of the JDK loggers. */
  private static final class Bridge extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord event) {
      LoggerFactory.getLogger(event.getLoggerName())
          .trace(formatter.formatMessage(event), event.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    String path = System.getProperty("tunnel.trace.log");
    if (path == null) {
      return;
    }
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{HH:mm:ss.SSS} [%thread] %-5level %logger %msg%n");
    encoder.start();
    file.setContext(context);
    file.setName("trace");
    file.setFile(path);
    file.setAppend(false);
    file.setEncoder(encoder);
    file.setImmediateFlush(false);
    file.setBufferSize(new FileSize(FileSize.KB_COEFFICIENT * 256));
    file.start();
    ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(file);
    root.setLevel(Level.TRACE);
    // A cloud of the tests, which receives secrets and logs all that it receives.
    context.getLogger("org.java_websocket.WebSocketImpl").setLevel(Level.INFO);
    // Clients of the tests, which log every byte of large files.
    for (String name :
        List.of(
            "transport.Decoder", "transport.Encoder", "connection.channel.direct.SessionChannel")) {
      context.getLogger("net.schmizz.sshj." + name).setLevel(Level.DEBUG);
    }
    context.getLogger("org.apache.hc.client5.http.wire").setLevel(Level.INFO);
    Bridge bridge = new Bridge();
    bridge.setLevel(java.util.logging.Level.ALL);
    for (java.util.logging.Logger logger : jdkLoggers) {
      logger.addHandler(bridge);
      logger.setLevel(java.util.logging.Level.ALL);
    }
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    file.stop();
  }
}
