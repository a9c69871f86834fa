package io.github.devicetunnel.cli.report;

import static io.github.devicetunnel.cli.LocalClient.awaitClose;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static io.github.devicetunnel.cli.LocalClient.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.devicetunnel.cli.Await;
import io.github.devicetunnel.cli.ListenProcess;
import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.cli.WebCloud;
import io.github.devicetunnel.testing.Cut;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.Fault;
import java.io.IOException;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Checks the events of {@code --output json}, with the program as a process. */
@DisabledOnOs(OS.WINDOWS)
class JsonEventsTest {
  @AutoClose private final WebCloud cloud = new WebCloud();

  private ListenProcess listen(String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("--output=json"));
    args.addAll(List.of(more));
    return ListenProcess.start(cloud.uri(), args.toArray(String[]::new));
  }

  private static String address(Map<String, Object> listening) {
    return (String) listening.get("address");
  }

  @Test
  void reportsLifecycleOfConnection() throws Exception {
    try (ListenProcess process = listen()) {
      Map<String, Object> listening = process.nextEvent();
      assertThat(listening)
          .contains(
              entry("event", "listening"),
              entry("device", Program.DEVICE),
              entry("service", "127.0.0.1:80"));
      assertThat(address(listening)).matches("127\\.0\\.0\\.1:\\d+");
      Instant start = Instant.parse((String) listening.get("time"));

      String peer;
      try (Socket socket = connect(address(listening))) {
        peer = "127.0.0.1:" + socket.getLocalPort();
        fetch(socket);
      }

      Map<String, Object> opened = process.nextEvent();
      assertThat(opened)
          .contains(
              entry("event", "opened"),
              entry("connection", 1L),
              entry("device", Program.DEVICE),
              entry("service", "127.0.0.1:80"),
              entry("peer", peer));
      assertThat((long) opened.get("dialMs")).isNotNegative();
      assertThat(Instant.parse((String) opened.get("time"))).isAfterOrEqualTo(start);
      Map<String, Object> closed = process.nextEvent();
      assertThat(closed)
          .contains(
              entry("event", "closed"),
              entry("connection", 1L),
              entry("device", Program.DEVICE),
              entry("service", "127.0.0.1:80"),
              entry("bytesUp", 28L));
      assertThat(closed)
          .containsOnlyKeys(
              "event",
              "time",
              "connection",
              "device",
              "service",
              "bytesUp",
              "bytesDown",
              "durationMs",
              "endedBy",
              "reason",
              "code",
              "message");
      assertThat((long) closed.get("bytesDown")).isGreaterThan(28);
      assertThat((String) closed.get("endedBy")).isIn("local", "service");

      process.terminate();
      assertThat(process.nextEvent())
          .contains(entry("event", "stopped"), entry("finished", 0L), entry("cut", 0L));
      assertThat(process.exitCode()).isZero();
    }
  }

  @Test
  void reportsRejection() throws Exception {
    cloud
        .device()
        .faults()
        .onNextConnect(Fault.reject(404).message("no <b>such</b> device \u001b[31m\u00e9"));
    try (ListenProcess process = listen()) {
      String address = address(process.nextEvent());
      awaitClose(address);

      assertThat(process.nextEvent())
          .contains(
              entry("event", "backoff"),
              entry("device", Program.DEVICE),
              entry("service", "127.0.0.1:80"),
              entry("failures", 1L))
          .containsKeys("cloud", "untilMs", "reason");
      Map<String, Object> rejected = process.nextEvent();
      assertThat(rejected)
          .contains(
              entry("event", "rejected"),
              entry("connection", 1L),
              entry("device", Program.DEVICE),
              entry("service", "127.0.0.1:80"),
              entry("status", 404L))
          .containsKeys("type", "requestId", "time");
      assertThat((String) rejected.get("message")).contains("no <b>such</b> device", "\u00e9");
      assertThat(process.output()).doesNotContain("\u001b");

      // No further event follows for this connection, and the next connection is served.
      try (Socket socket = connect(address)) {
        fetch(socket);
        assertThat(process.nextEvent()).contains(entry("event", "opened"), entry("connection", 2L));
      }
    }
  }

  @Test
  void reportsFailures() throws Exception {
    cloud
        .device()
        .faults()
        .onNextConnect(Fault.close(1011, "out of order"))
        .onNextConnect(Fault.abortAfter(0, Direction.TOWARD_CLIENT, Cut.RST));
    try (ListenProcess process = listen()) {
      String address = address(process.nextEvent());
      awaitClose(address);
      assertThat(process.nextEvent()).contains(entry("event", "opened"));
      Map<String, Object> closedByCloud = process.nextEvent();
      assertThat(closedByCloud)
          .contains(
              entry("event", "failed"),
              entry("reason", "REMOTE_CLOSED"),
              entry("endedBy", "cloud"),
              entry("code", 1011L));
      assertThat((String) closedByCloud.get("message")).contains("out of order");

      awaitClose(address);
      assertThat(process.nextEvent()).contains(entry("event", "opened"));
      assertThat(process.nextEvent())
          .contains(
              entry("event", "failed"),
              entry("reason", "CONNECTION_LOST"),
              entry("endedBy", "cloud"),
              entry("code", null));

      cloud.close();
      awaitClose(address);
      assertThat(process.nextEvent())
          .contains(entry("event", "backoff"), entry("device", null), entry("service", null));
      assertThat(process.nextEvent())
          .contains(
              entry("event", "failed"),
              entry("connection", 3L),
              entry("reason", "DIAL_FAILED"),
              entry("endedBy", "cloud"),
              entry("bytesUp", 0L),
              entry("code", null));
    }
  }

  @Test
  void reportsConnectionsAbortedAtShutdown() throws Exception {
    try (ListenProcess process = listen("--drain-timeout=100ms")) {
      String address = address(process.nextEvent());
      try (Socket socket = connect(address)) {
        fetch(socket);
        assertThat(process.nextEvent()).contains(entry("event", "opened"));
        process.terminate();

        assertThat(process.nextEvent())
            .contains(
                entry("event", "failed"), entry("reason", "SHUTDOWN"), entry("endedBy", "client"));
        assertThat(process.nextEvent())
            .contains(entry("event", "stopped"), entry("finished", 0L), entry("cut", 1L));
        assertThat(process.exitCode()).isZero();
      }
    }
  }

  @Test
  void writesWholeLinesWithConcurrentConnections() throws Exception {
    try (ListenProcess process = listen()) {
      String address = address(process.nextEvent());
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int j = 0; j < 5; j++) {
                    try (Socket socket = connect(address)) {
                      fetch(socket);
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  }
                });
        clients.add(thread);
        thread.start();
      }
      Map<Object, List<Object>> events = new HashMap<>();
      for (int i = 0; i < 2 * 16 * 5; i++) {
        Map<String, Object> event = process.nextEvent();
        events
            .computeIfAbsent(event.get("connection"), unused -> new ArrayList<>())
            .add(event.get("event"));
      }
      assertThat(events).hasSize(16 * 5);
      assertThat(events.values()).allMatch(List.of("opened", "closed")::equals);
      for (Thread client : clients) {
        client.join(Await.LONG.toMillis());
      }
    }
  }

  @Test
  void servesConnectionsAfterStandardOutputCloses() throws Exception {
    try (ListenProcess process = listen()) {
      String address = address(process.nextEvent());
      try (Socket early = connect(address)) {
        fetch(early);
        process.closeOutput();
        for (int i = 0; i < 3; i++) {
          try (Socket socket = connect(address)) {
            fetch(socket);
          }
        }
        fetch(early);
      }
      assertThat(process.nextErrorLine()).contains("standard output was closed");
      assertThat(process.terminate().exitCode()).isZero();
    }
  }

  @Test
  void rejectsUnknownFormat() throws Exception {
    Program program = new Program().run("--output=yaml");
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: --output: must be text or json, but is \"yaml\"");
  }
}
