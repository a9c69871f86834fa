package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.Fault;
import java.net.Socket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scenes for the options of timeouts and intervals. */
final class TimeOptionScenes {
  /** Less than the defaults, 8 s of silence and 2 minutes without progress of a write. */
  private static final String BELOW_DEFAULT = " for [0-7](\\.\\d+)? s";

  private TimeOptionScenes() {}

  static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new LinkedHashMap<>();
    scenes.put("--ping-duration", TimeOptionScenes::pingDuration);
    scenes.put("--connect-timeout", TimeOptionScenes::connectTimeout);
    scenes.put("--half-close-timeout", TimeOptionScenes::halfCloseTimeout);
    scenes.put("--liveness-timeout", TimeOptionScenes::livenessTimeout);
    scenes.put("--write-timeout", TimeOptionScenes::writeTimeout);
    scenes.put("--idle-timeout", TimeOptionScenes::idleTimeout);
    scenes.put("--drain-timeout", TimeOptionScenes::drainTimeout);
    return scenes;
  }

  /** With the default interval of 5 s, ten pings would take longer than the program may run. */
  private static void pingDuration(ProgramBench bench) throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(connection.granted());
          for (int pings = 0; pings < 10; ) {
            RawConnection.Frame frame = connection.readFrame();
            pings += frame.opcode() == ServerFrames.PING ? 1 : 0;
          }
          connection.write(ServerFrames.close(1000));
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script)) {
      assertThat(bench.stdio(cloud, "-ping-duration=0.1").run().exitCode()).isZero();
    }
  }

  private static void connectTimeout(ProgramBench bench) throws Exception {
    bench.cloud().service().faults().onEveryConnect(Fault.hang());
    ProgramRun.Outcome outcome = bench.stdio(bench.cloud(), "--connect-timeout=300ms").run();
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(6);
    assertThat(outcome.err()).contains("no answer within 0.3 s");
  }

  private static void halfCloseTimeout(ProgramBench bench) throws Exception {
    bench
        .cloud()
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            ProgramBench.SERVICE,
            stream -> {
              stream.outputStream().write('a');
              while (stream.inputStream().read() >= 0) {}
              stream.inputStream().read();
            });
    ProgramRun.Outcome outcome = bench.stdio(bench.cloud(), "--half-close-timeout", "200ms").run();
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(8);
  }

  private static void livenessTimeout(ProgramBench bench) throws Exception {
    try (ScriptedCloud silent = ScriptedCloud.frozen()) {
      ProgramRun.Outcome outcome =
          bench.stdio(silent, "--liveness-timeout=300ms", "--ping-duration=0.1").run();
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(8);
      assertThat(outcome.err()).containsPattern(BELOW_DEFAULT);
    }
  }

  private static void writeTimeout(ProgramBench bench) throws Exception {
    try (ScriptedCloud full = ScriptedCloud.frozen()) {
      Path input = Path.of("/dev/zero");
      ProgramRun.Outcome outcome =
          bench.stdio(full, "--write-timeout=300ms", "--ping-duration=0.1").input(input).run();
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(8);
      assertThat(outcome.err()).containsPattern(BELOW_DEFAULT);
    }
  }

  private static void idleTimeout(ProgramBench bench) throws Exception {
    try (TunnelProgram program = bench.listen("--output=json", "--idle-timeout=300ms")) {
      try (Socket socket = ProgramBench.connected(program.awaitJsonPort())) {
        ProgramBench.awaitEnd(socket);
        program.await("\"reason\":\"IDLE_TIMEOUT\"");
      }
    }
  }

  private static void drainTimeout(ProgramBench bench) throws Exception {
    try (TunnelProgram program = bench.listen("--drain-timeout", "100ms");
        Socket socket = ProgramBench.connected(program.awaitPort())) {
      assertThat(program.terminate()).isZero();
      program.await("Stopped; connections drained: 0, aborted: 1");
      ProgramBench.awaitEnd(socket);
    }
  }
}
