package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Hangup;
import io.github.devicetunnel.it.support.TestProcess;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP and {@code --config}, with a real terminal and without one. */
@EnabledOnOs(OS.LINUX)
final class HangupTest {
  private static final String TUNNEL = "- {listen: '127.0.0.1:0'}\n";

  @TempDir private Path folder;
  private TestingCloud cloud;
  private Path config;

  @BeforeEach
  void start() throws IOException {
    Hangup.assumeNotIgnored();
    cloud = TunnelProgram.echo();
    config = Files.writeString(folder.resolve("c.yaml"), "tunnels:\n" + TUNNEL);
  }

  @AfterEach
  void stop() {
    if (cloud != null) {
      cloud.close();
    }
  }

  private Map<String, String> settings() {
    return TunnelProgram.settings(cloud);
  }

  private void sendHangup(TunnelProgram program) throws Exception {
    program.signal(folder, "HUP");
  }

  private static void awaitEnd(ProcessHandle program) {
    Await.until("the end of " + program, () -> TestProcess.haveEnded(List.of(program)));
  }

  private void assertReloads(TunnelProgram program) throws Exception {
    program.awaitPort();
    Files.writeString(config, "tunnels:\n" + TUNNEL + TUNNEL);
    sendHangup(program);
    program.await("Reloaded .*c\\.yaml");
    assertThat(program.terminate()).isZero();
  }

  @Test
  void closedTerminalEndsProgram() throws Exception {
    try (TunnelProgram program =
        TunnelProgram.onTerminal(folder, settings(), "--config=" + config)) {
      program.awaitPort();
      ProcessHandle java = program.innermost();
      program.closeTerminal();
      awaitEnd(java);
    }
  }

  @Test
  void hangupStopsProgramWithTerminal() throws Exception {
    try (TunnelProgram program =
        TunnelProgram.onTerminal(folder, settings(), "--config", config.toString())) {
      program.awaitPort();
      sendHangup(program);
      program.await("Stopping; draining open connections");
      program.await("SIGHUP stops the program in a terminal; .* use --reload-on-hangup");
      awaitEnd(program.innermost());
    }
  }

  @Test
  void hangupReloadsWithoutTerminal() throws Exception {
    try (TunnelProgram program =
        TunnelProgram.withoutTerminal(folder, settings(), "--config=" + config)) {
      assertReloads(program);
    }
  }

  @Test
  void reloadOnHangupReloadsWithTerminal() throws Exception {
    try (TunnelProgram program =
        TunnelProgram.onTerminal(folder, settings(), "--reload-on-hangup", "--config=" + config)) {
      assertReloads(program);
    }
  }

  @Test
  void ignoredHangupStaysIgnored() throws Exception {
    Path ports = folder.resolve("ports");
    try (TunnelProgram program =
        TunnelProgram.onTerminalWithoutHangup(
            folder, settings(), "--config=" + config, "--port-file=" + ports)) {
      int port = program.awaitPort();
      Await.until("the port file", () -> Files.exists(ports));
      ProcessHandle java = program.innermost();
      sendHangup(program);
      program.closeTerminal();
      Await.until("the end of the terminal", () -> !program.isAlive());
      try (Socket socket = TunnelProgram.connectAndExchange(port)) {
        assertThat(socket.isConnected()).isTrue();
      }
      assertThat(java.destroy()).isTrue();
      awaitEnd(java);
      assertThat(ports).doesNotExist();
    }
  }
}
