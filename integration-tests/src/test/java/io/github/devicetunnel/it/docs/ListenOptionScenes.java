package io.github.devicetunnel.it.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.RecordedUpgrade;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/** Options for listeners and their targets. */
final class ListenOptionScenes {
  private static final String OTHER_DEVICE = "017b7fddb124724840c1c7b8000000ff";
  private static final String TARGET = " -> " + Cloud.DEVICE + "/" + ProgramBench.SERVICE;

  private ListenOptionScenes() {}

  static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new LinkedHashMap<>();
    scenes.put("--cloud-uri", ListenOptionScenes::cloudUri);
    scenes.put("--device", bench -> target(bench, OTHER_DEVICE, ProgramBench.SERVICE));
    scenes.put("--service", bench -> target(bench, Cloud.DEVICE, "10.0.0.1:22"));
    scenes.put("--listen-uri", ListenOptionScenes::listenUri);
    scenes.put("-L", ListenOptionScenes::tunnels);
    scenes.put("--max-connections", ListenOptionScenes::maxConnections);
    scenes.put("--warm-connections", ListenOptionScenes::warmConnections);
    scenes.put("--port-file", ListenOptionScenes::portFile);
    scenes.put("--config", ListenOptionScenes::config);
    scenes.put("--profile", ListenOptionScenes::profile);
    scenes.put("--reload-on-hangup", ListenOptionScenes::reloadOnHangup);
    return scenes;
  }

  /**
   * The whole URI in one option with one dash, as the old client accepts it. The argument overrides
   * the environment variable.
   */
  private static void cloudUri(ProgramBench bench) throws Exception {
    String whole =
        bench.cloud().uri()
            + ("/v3/devices/" + Cloud.DEVICE)
            + ("/services/" + ProgramBench.SERVICE + "/connection");
    bench.succeed(
        bench
            .stdio(bench.cloud(), "-cloud-uri", whole)
            .variable("TUNNEL_CLOUD_URI", "wss://cloud.invalid")
            .variable("TUNNEL_DEVICE", "")
            .variable("TUNNEL_SERVICE", ""));
    assertThat(bench.cloud().service().upgrades()).hasSize(1);
  }

  private static void target(ProgramBench bench, String device, String service) throws Exception {
    bench.cloud().service().device(device).onConnect(service, ProgramBench::echo);
    bench.succeed("--device=" + device, "--service", service);
    RecordedUpgrade upgrade = bench.cloud().service().upgrades().get(0);
    assertThat(upgrade.deviceId()).isEqualTo(device);
    assertThat(upgrade.serviceAddress()).isEqualTo(service);
  }

  private static void listenUri(ProgramBench bench) throws Exception {
    try (TunnelProgram program = bench.listen("-listen-uri=:0")) {
      ProgramBench.connected(program.awaitPort()).close();
    }
    Path socket = bench.folder().resolve("socket");
    try (TunnelProgram program = bench.listen("--listen-uri", "unix:" + socket)) {
      program.await("Listening on unix:" + socket + TARGET);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThat(program.terminate()).isZero();
      assertThat(socket).doesNotExist();
    }
  }

  private static void tunnels(ProgramBench bench) throws Exception {
    String whole = ":0=" + OTHER_DEVICE + "/10.0.0.1:22";
    try (TunnelProgram program = bench.listen("-L", whole, "-L=127.0.0.1:0=10.0.0.2:23")) {
      program.await("Listening on 127.0.0.1:\\d+" + TARGET);
      program.await("Listening on 127.0.0.1:\\d+ -> " + OTHER_DEVICE + "/10.0.0.1:22");
      program.await("Listening on 127.0.0.1:\\d+ -> " + Cloud.DEVICE + "/10.0.0.2:23");
    }
  }

  @SuppressWarnings("try") // the test closes a socket before the end of the block
  private static void maxConnections(ProgramBench bench) throws Exception {
    try (TunnelProgram program = bench.listen("--max-connections", "1")) {
      int port = program.awaitPort();
      try (Socket first = ProgramBench.connected(port);
          Socket second = ProgramBench.connect(port)) {
        program.await("has reached its limit of ");
        assertThat(bench.cloud().service().upgrades()).hasSize(1);
        first.close();
        second.getOutputStream().write('x');
        assertThat(second.getInputStream().read()).isEqualTo('x');
      }
    }
  }

  /** A warm connection reaches the cloud before a local client connects. */
  private static void warmConnections(ProgramBench bench) throws Exception {
    try (ServerSocket cloud = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      cloud.setSoTimeout((int) Await.LONG.toMillis());
      String uri = "ws://127.0.0.1:" + cloud.getLocalPort();
      try (TunnelProgram program = bench.listen("--warm-connections=1", "--cloud-uri", uri);
          Socket warm = cloud.accept()) {
        program.awaitPort();
        byte[] line = warm.getInputStream().readNBytes("GET / HTTP/1.1\r\n".length());
        assertThat(line).asString(US_ASCII).isEqualTo("GET / HTTP/1.1\r\n");
      }
    }
  }

  private static void portFile(ProgramBench bench) throws Exception {
    Path file = bench.folder().resolve("ports");
    try (TunnelProgram program = bench.listen("--port-file=" + file)) {
      assertThat(file).hasContent("127.0.0.1:" + program.awaitPort() + "\n");
      assertThat(program.terminate()).isZero();
      assertThat(file).doesNotExist();
    }
  }

  private static void profile(ProgramBench bench) throws Exception {
    Path file =
        Files.writeString(
            bench.folder().resolve("profiles.yaml"),
            "profiles: {other: {device: " + OTHER_DEVICE + "}}\n");
    bench
        .cloud()
        .service()
        .device(OTHER_DEVICE)
        .onConnect(ProgramBench.SERVICE, ProgramBench::echo);
    bench.succeed(
        bench
            .stdio(bench.cloud(), "--config=" + file, "--profile=other")
            .variable("TUNNEL_DEVICE", ""));
    assertThat(bench.cloud().service().upgrades().get(0).deviceId()).isEqualTo(OTHER_DEVICE);
  }

  private static void config(ProgramBench bench) throws Exception {
    Path file =
        bench.file(
            "c.yaml",
            "header: X-One=1\ntunnels:\n  - {listen: ':0', service: '" + "127.0.0.1:80'}\n");
    ProgramRun.Builder listen =
        bench.program("exec", "--config=" + file, "--", "sh", "-c", "echo $TUNNEL_PORT");
    assertThat(listen.succeed()).matches("\\d+\n");

    Files.writeString(file, "devise: x\n");
    ProgramRun.Outcome outcome = bench.program("--config", file.toString()).run();
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("tunnel: " + file + ":1: unknown key \"devise\"; did you mean \"device\"?");
  }

  /** {@code HangupTest} sends the signal. */
  private static void reloadOnHangup(ProgramBench bench) throws Exception {
    Path file =
        bench.file("r.yaml", "reload-on-hangup: true\ntunnels:\n  - {listen: '127.0.0.1:0'}\n");
    try (TunnelProgram program = bench.listen("--config=" + file)) {
      program.awaitPort();
      assertThat(program.terminate()).isZero();
    }
    ProgramRun.Outcome outcome = bench.program("--reload-on-hangup").run();
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("tunnel: --reload-on-hangup: cannot be used without --config");
  }
}
