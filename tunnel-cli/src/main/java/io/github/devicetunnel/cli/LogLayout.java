package io.github.devicetunnel.cli;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.LayoutBase;

/** What a line of the log looks like. No secret gets past it. */
final class LogLayout extends LayoutBase<ILoggingEvent> {
  private static final String PLAIN_LEVEL = "%-5level";
  private static final String COLOURED_LEVEL = "%highlight(%-5level)";

  private final Format format;
  private final boolean traces;
  private final Redaction redaction;
  private final PatternLayout text = new PatternLayout();
  private final ThrowableProxyConverter stackTrace = new ThrowableProxyConverter();

  LogLayout(Context context, LogLevel level, Format format, boolean colours, Redaction redaction) {
    this.format = format;
    this.traces = level.hasStackTraces();
    this.redaction = redaction;
    setContext(context);
    text.setContext(context);
    text.setPattern(
        "%d{HH:mm:ss.SSS} "
            + (colours ? COLOURED_LEVEL : PLAIN_LEVEL)
            + (traces ? " [%thread] %logger{30}: %msg%n%ex" : " %msg%nopex%n"));
    text.start();
    stackTrace.setContext(context);
    stackTrace.start();
    start();
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    return format == Format.JSON ? json(event) : redaction.apply(text.doLayout(event));
  }

  private String json(ILoggingEvent event) {
    return Json.object(
            json -> {
              json.writeStringField("time", Json.time(event.getInstant()));
              json.writeStringField("level", event.getLevel().toString());
              json.writeStringField("logger", event.getLoggerName());
              json.writeStringField("thread", redaction.apply(event.getThreadName()));
              // Before anything is escaped, which would hide a secret from who looks for it.
              json.writeStringField("message", redaction.apply(event.getFormattedMessage()));
              if (traces && event.getThrowableProxy() != null) {
                json.writeStringField("stackTrace", redaction.apply(stackTrace.convert(event)));
              }
            })
        + System.lineSeparator();
  }
}
