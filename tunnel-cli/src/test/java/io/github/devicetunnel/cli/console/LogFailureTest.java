package io.github.devicetunnel.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.devicetunnel.cli.Lines;
import io.github.devicetunnel.cli.ListenProcess;
import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Checks that a failure of the log does not reach the thread that logs. */
class LogFailureTest {
  private static final Logger LOGGER = Logger.getLogger("a.listener");
  private static final String FAILURE =
      "a log record could not be formatted (java.lang.ExceptionInInitializerError);"
          + " raise the limit of open files or memory";

  private final Environment empty =
      new Environment(Map.of(), InputStream.nullInputStream(), new TestSignals());
  private final Lines errors = new Lines();

  @AutoClose
  private final Output output =
      Output.of(empty, OutputStream.nullOutputStream(), errors, StandardCharsets.UTF_8, false);

  private final Console console = new Console(output, Redaction.of(new String[0], empty));

  /** A record whose time cannot be formatted because the time zones cannot be loaded. */
  private static LogRecord unformattable() {
    return new LogRecord(Level.SEVERE, "lost") {
      private static final long serialVersionUID = 1;

      @Override
      public Instant getInstant() {
        throw new ExceptionInInitializerError("thrown by a test");
      }
    };
  }

  @Test
  void failureIsReportedAsText() throws Exception {
    console.log(LogLevel.INFO, Format.TEXT);
    LOGGER.log(unformattable());
    LOGGER.severe("next");
    assertThat(errors.next()).isEqualTo("tunnel: " + FAILURE);
    assertThat(errors.next()).endsWith("ERROR next");
  }

  @Test
  void failureIsReportedAsJson() throws Exception {
    console.log(LogLevel.INFO, Format.JSON);
    LOGGER.log(unformattable());
    LOGGER.severe("next");
    assertThat(ListenProcess.object(errors.next()))
        .contains(entry("level", "ERROR"), entry("message", FAILURE));
    assertThat(ListenProcess.object(errors.next())).contains(entry("message", "next"));
  }

  @Test
  void preparationWritesNothing() throws Exception {
    console.log(LogLevel.INFO, Format.TEXT);
    Preparation.start().await();
    LOGGER.severe("first");
    assertThat(errors.next()).endsWith("ERROR first");
  }
}
