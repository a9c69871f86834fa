package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.Fault;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every event of {@code --output json}, with all of its fields, from the packaged program. */
@DisabledOnOs(OS.WINDOWS)
final class EventTableTest {
  private static final List<String> CONNECTION_FIELDS = List.of("connection", "device", "service");
  private static final List<String> CLOSE_FIELDS =
      List.of("bytesUp", "bytesDown", "durationMs", "endedBy", "reason", "code", "message");

  private static final Map<String, List<String>> ROWS =
      Map.of(
          "listening", List.of("address", "device", "service"),
          "opened", with(CONNECTION_FIELDS, "peer", "dialMs"),
          "closed", with(CONNECTION_FIELDS, CLOSE_FIELDS.toArray(String[]::new)),
          "failed", with(CONNECTION_FIELDS, CLOSE_FIELDS.toArray(String[]::new)),
          "rejected", with(CONNECTION_FIELDS, "status", "type", "message", "requestId"),
          "backoff", List.of("cloud", "device", "service", "failures", "untilMs", "reason"),
          "stopped", List.of("finished", "cut"));

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static List<String> with(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void everyEventHasDocumentedFields() throws Exception {
    try (ProgramBench bench = new ProgramBench(folder);
        TunnelProgram program =
            bench.listen("--output=json", "--log-level=error", "--drain-timeout=100ms")) {
      int port = program.awaitJsonPort();
      try (Socket orderly = ProgramBench.connected(port)) {
        orderly.getOutputStream().write('.');
        assertThat(orderly.getInputStream().readNBytes(1)).isEqualTo(new byte[] {'.'});
        ProgramBench.awaitEnd(orderly);
      }
      program.await("\"event\":\"closed\"");
      bench.cloud().service().faults().onNextConnect(Fault.close(1011, "no"));
      try (Socket failed = ProgramBench.connect(port)) {
        ProgramBench.awaitEnd(failed);
      }
      program.await("\"event\":\"failed\"");
      bench.cloud().service().faults().onNextConnect(Fault.reject(404));
      try (Socket rejected = ProgramBench.connect(port)) {
        ProgramBench.awaitEnd(rejected);
      }
      program.await("\"event\":\"rejected\"");
      assertThat(program.terminate()).isZero();

      Map<String, JsonNode> events = new LinkedHashMap<>();
      for (String line : program.output().lines().filter(l -> l.startsWith("{")).toList()) {
        JsonNode event = new ObjectMapper().readTree(line);
        assertThat(event.get("time").textValue())
            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        events.putIfAbsent(event.get("event").textValue(), event);
      }
      assertThat(events).containsOnlyKeys(ROWS.keySet());
      ROWS.forEach(
          (name, fields) ->
              assertThat(fields).as("%s", events.get(name)).allMatch(events.get(name)::has));
      assertValues(events);
    }
  }

  private static void assertValues(Map<String, JsonNode> events) {
    assertThat(events.get("closed").get("bytesUp").longValue()).isEqualTo(5);
    assertThat(events.get("closed").get("endedBy").textValue()).isEqualTo("service");
    assertThat(events.get("closed").get("reason").textValue()).isEqualTo("REMOTE_CLOSED");
    assertThat(events.get("failed").get("code").intValue()).isEqualTo(1011);
    assertThat(events.get("rejected").get("status").intValue()).isEqualTo(404);
    assertThat(events.get("rejected").get("device").textValue()).isEqualTo(Cloud.DEVICE);
    assertThat(events.get("stopped").get("cut").intValue()).isZero();
  }
}
