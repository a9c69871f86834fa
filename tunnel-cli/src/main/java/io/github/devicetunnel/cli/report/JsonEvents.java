package io.github.devicetunnel.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.devicetunnel.BackoffStats;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Json;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.listen.Reporter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as JSON for programs, one object per line. The last event of each connection is
 * exactly one of {@code closed}, {@code failed} and {@code rejected}. Thread-safe.
 */
public final class JsonEvents extends TunnelEventListener implements Reporter {
  private final Console console;

  /** Timings of successful dials, until the next event of the connection is written. */
  private final Map<ConnectionInfo, DialTimings> upgrades = new ConcurrentHashMap<>();

  private final Map<ConnectionInfo, TunnelRejectedException> rejections = new ConcurrentHashMap<>();

  public JsonEvents(Console console) {
    this.console = console;
    console
        .output()
        .out()
        .setNotice(count -> Json.event("dropped", json -> json.writeNumberField("count", count)));
  }

  @Override
  public void listening(String address, Target target) {
    emit(
        "listening",
        json -> {
          json.writeStringField("address", address);
          write(target, json);
        });
  }

  @Override
  public void upgraded(ConnectionInfo connection, DialTimings timings) {
    upgrades.put(connection, timings);
  }

  @Override
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException rejection, DialTimings timings) {
    rejections.put(connection, rejection);
  }

  @Override
  public void opened(ConnectionInfo connection) {
    DialTimings timings = upgrades.remove(connection);
    InetSocketAddress peer = connection.localClient();
    emit(
        "opened",
        connection,
        json -> {
          json.writeStringField("peer", peer == null ? null : ListenAddress.text(peer));
          json.writeNumberField("dialMs", timings == null ? 0 : timings.total().toMillis());
        });
  }

  @Override
  public void closed(ConnectionInfo connection, CloseReason reason) {
    upgrades.remove(connection);
    TunnelRejectedException rejection = rejections.remove(connection);
    if (rejection != null && reason.kind() == CloseReason.Kind.REJECTED) {
      emit("rejected", connection, json -> write(rejection, json));
    } else {
      emit(Failure.isOne(reason) ? "failed" : "closed", connection, json -> write(reason, json));
    }
  }

  private void write(TunnelRejectedException rejection, JsonGenerator json) throws IOException {
    json.writeNumberField("status", rejection.statusCode());
    json.writeStringField("type", console.redact(rejection.errorType()));
    json.writeStringField("message", console.redact(rejection.getMessage()));
    json.writeStringField("requestId", console.redact(rejection.requestId()));
  }

  private void write(CloseReason reason, JsonGenerator json) throws IOException {
    json.writeNumberField("bytesUp", reason.bytesUp());
    json.writeNumberField("bytesDown", reason.bytesDown());
    json.writeNumberField("durationMs", reason.duration().toMillis());
    json.writeStringField("endedBy", reason.endedBy().name().toLowerCase(Locale.ROOT));
    json.writeStringField("reason", reason.kind().name());
    Json.number(json, "code", reason.code());
    json.writeStringField("message", console.redact(reason.message()));
  }

  @Override
  public void backoff(BackoffStats state) {
    Target target = state.target();
    emit(
        "backoff",
        json -> {
          json.writeStringField("cloud", state.cloudUri());
          write(target, json);
          json.writeNumberField("failures", state.failures());
          json.writeNumberField("untilMs", Instant.now().plus(state.delay()).toEpochMilli());
          json.writeStringField("reason", console.redact(state.message()));
        });
  }

  @Override
  public void stopped(DrainReport report) {
    emit(
        "stopped",
        json -> {
          json.writeNumberField("finished", report.drained());
          json.writeNumberField("cut", report.aborted());
          json.writeNumberField("bytesNotDelivered", report.bytesUnconfirmed());
        });
  }

  private void write(@Nullable Target target, JsonGenerator json) throws IOException {
    TargetJson.write(target, console.deviceNames(), json);
  }

  private void emit(String event, ConnectionInfo connection, Json.Fields fields) {
    emit(
        event,
        json -> {
          json.writeNumberField("connection", connection.number());
          write(connection.target(), json);
          fields.writeTo(json);
        });
  }

  private void emit(String event, Json.Fields fields) {
    console.print(Json.event(event, fields));
  }
}
