package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.Fault;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scenes for the options of output, logs and metrics. */
final class OutputOptionScenes {
  private OutputOptionScenes() {}

  static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new LinkedHashMap<>();
    scenes.put("--output", OutputOptionScenes::output);
    scenes.put("--log-level", OutputOptionScenes::logLevel);
    scenes.put("--log-format", OutputOptionScenes::logFormat);
    scenes.put("--metrics-listen", OutputOptionScenes::metricsListen);
    return scenes;
  }

  private static void output(ProgramBench bench) throws Exception {
    assertThat(bench.program("check", "--output=json").succeed().lines())
        .allMatch(line -> line.startsWith("{\"event\":\"") && line.endsWith("}"));
    assertThat(bench.program("check", "--output", "text").succeed()).startsWith("settings    ok");
  }

  private static void logLevel(ProgramBench bench) throws Exception {
    bench.cloud().service().faults().onEveryConnect(Fault.reject(404));
    assertThat(bench.stdio(bench.cloud()).run().err().lines()).hasSize(1);
    assertThat(bench.stdio(bench.cloud(), "--log-level=debug").run().err())
        .contains(" DEBUG ", "\tat ");
  }

  private static void logFormat(ProgramBench bench) throws Exception {
    assertThat(bench.succeed("--log-level=trace", "--log-format=json").err().lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"));
  }

  private static void metricsListen(ProgramBench bench) throws Exception {
    try (TunnelProgram program = bench.listen("--metrics-listen=:0")) {
      String url = program.await("status page on (\\S+)");
      ProgramBench.connected(program.awaitPort()).close();
      program.await("Listening");
      assertThat(ProgramBench.get(url + "healthz")).isEqualTo("alive\n");
      assertThat(ProgramBench.get(url + "readyz")).isEqualTo("ready\n");
      assertThat(ProgramBench.get(url)).contains("<title>");
      assertThat(ProgramBench.get(url + "metrics"))
          .contains(
              "tunnel_connections_open",
              "tunnel_connections_total{outcome=",
              "tunnel_bytes_total{direction=\"up\"",
              "tunnel_bytes_total{direction=\"down\"",
              "tunnel_device_bytes_total{device=\""
                  + Cloud.DEVICE
                  + "\",device_name=\"\",direction=\"up\"",
              "tunnel_dial_seconds",
              "tunnel_listeners 1");
    }
  }
}
