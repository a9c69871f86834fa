package io.github.devicetunnel.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.devicetunnel.BackoffStats;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.ListenerInfo;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Json;
import io.github.devicetunnel.cli.listen.ListenAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The status page for people, whose script polls {@code status.json}. The script inserts values as
 * text, never as HTML, because devices and clouds can send any text.
 */
final class StatusPage {
  /** The maximum number of connections on the page. The totals include all connections. */
  private static final int CONNECTIONS_SHOWN = 100;

  private final Activity activity;
  private final Supplier<Phase> phase;
  private final Console console;

  StatusPage(Activity activity, Supplier<Phase> phase, Console console) {
    this.activity = activity;
    this.phase = phase;
    this.console = console;
  }

  void addTo(HttpAnswers answers) {
    add(answers, "/", "status.html", "text/html; charset=utf-8");
    add(answers, "/status.css", "status.css", "text/css; charset=utf-8");
    add(answers, "/status.js", "status.js", "text/javascript; charset=utf-8");
    answers.add(
        "/status.json",
        "application/json",
        () -> Json.object(this::write).getBytes(StandardCharsets.US_ASCII));
  }

  private static void add(HttpAnswers answers, String path, String resource, String type) {
    byte[] bytes;
    try (InputStream in = StatusPage.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing");
      }
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answers.add(path, type, () -> bytes);
  }

  private void write(JsonGenerator json) throws IOException {
    Activity.Totals totals = activity.totals();
    json.writeStringField("time", Json.time(Instant.now()));
    json.writeStringField("phase", phase.get().word());
    json.writeNumberField("open", totals.open());
    json.writeNumberField("opened", totals.opened());
    json.writeNumberField("failed", totals.failed());
    json.writeNumberField("bytesUp", totals.bytesUp());
    json.writeNumberField("bytesDown", totals.bytesDown());
    json.writeArrayFieldStart("listeners");
    for (ListenerInfo listener : activity.listeners()) {
      json.writeStartObject();
      json.writeStringField("address", ListenAddress.text(listener.localAddress()));
      write(listener.target(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("connections");
    for (Activity.Connection connection : activity.connections(CONNECTIONS_SHOWN)) {
      json.writeStartObject();
      write(connection, json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("backoffs");
    for (BackoffStats backoff : activity.backoffs()) {
      json.writeStartObject();
      write(backoff, json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("failures");
    for (Activity.Failed failure : activity.failures()) {
      json.writeStartObject();
      write(failure, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(Activity.Connection connection, JsonGenerator json) throws IOException {
    write(connection.info(), json);
    InetSocketAddress peer = connection.info().localClient();
    json.writeStringField("peer", peer == null ? null : ListenAddress.text(peer));
    json.writeBooleanField("open", connection.isOpen());
    json.writeNumberField("ageMs", connection.ageMillis());
    json.writeNumberField("bytesUp", connection.bytesUp());
    json.writeNumberField("bytesDown", connection.bytesDown());
  }

  private void write(BackoffStats backoff, JsonGenerator json) throws IOException {
    Target target = backoff.target();
    json.writeStringField("cloud", backoff.cloudUri());
    write(target, json);
    json.writeNumberField("failures", backoff.failures());
    json.writeNumberField("delayMs", backoff.delay().toMillis());
    json.writeStringField("message", console.redact(backoff.message()));
  }

  private void write(Activity.Failed failure, JsonGenerator json) throws IOException {
    write(failure.connection(), json);
    json.writeStringField("time", Json.time(failure.time()));
    json.writeStringField("endedBy", failure.reason().endedBy().name().toLowerCase(Locale.ROOT));
    json.writeStringField("reason", failure.reason().kind().name());
    json.writeStringField("message", console.redact(failure.reason().message()));
  }

  private void write(ConnectionInfo connection, JsonGenerator json) throws IOException {
    json.writeNumberField("connection", connection.number());
    write(connection.target(), json);
  }

  private void write(@Nullable Target target, JsonGenerator json) throws IOException {
    TargetJson.write(target, console.deviceNames(), json);
  }
}
