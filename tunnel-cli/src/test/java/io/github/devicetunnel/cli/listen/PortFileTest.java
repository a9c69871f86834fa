package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PortFileTest {
  private static final String TARGET = "=" + Program.DEVICE + "/127.0.0.1:80";

  @TempDir private Path folder;

  @Test
  void listsAddressesInOrderUntilExit() throws Exception {
    Path file = folder.resolve("ports");
    try (Program program =
        program().start("--port-file=" + file, "-L=[::1]:0" + TARGET, "-L=:0" + TARGET)) {
      String lines = program.nextLine() + "\n" + program.nextLine() + "\n";

      assertThat(file).hasContent(lines.replace("Listening on ", "").replaceAll(" -> .*", ""));
      assertThat(folder.toFile().list()).containsExactly("ports");
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void replacesOlderFileAndKeepsNewerFile() throws Exception {
    Path file = Files.writeString(folder.resolve("ports"), "127.0.0.1:1\n");
    try (Program program = program().start("--port-file=" + file, "-L=:0" + TARGET)) {
      program.nextLine();
      assertThat(Files.readString(file)).isNotEqualTo("127.0.0.1:1\n");
      Files.writeString(file, "127.0.0.1:2\n");
    }
    assertThat(file).hasContent("127.0.0.1:2");
  }

  /** Another user, or a container with the same process ID, may have created the file. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void keepsFilesOfOthersInFolder() throws Exception {
    Path file = folder.resolve("ports");
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Path planted = folder.resolve("." + ProcessHandle.current().pid() + ".port");
    Files.createSymbolicLink(planted, victim);
    try (Program program = program().start("--port-file=" + file, "-L=:0" + TARGET)) {
      program.nextLine();
    }
    assertThat(victim).hasContent("precious");
    assertThat(planted).isSymbolicLink();

    Files.delete(planted);
    Files.writeString(planted, "of another container");
    try (Program program = program().start("--port-file=" + file, "-L=:0" + TARGET)) {
      program.nextLine();
    }
    assertThat(planted).hasContent("of another container");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void exitDoesNotReadPipeThatReplacedFile() throws Exception {
    Path file = folder.resolve("ports");
    try (Program program = program().start("--port-file=" + file, "-L=:0" + TARGET)) {
      program.nextLine();
      Files.delete(file);
      assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

      assertThat(program.stop().exitCode()).isZero();
    }
    assertThat(Files.exists(file)).isTrue();
  }

  @Test
  void listsAddressesInOrderOfConfigurationAfterReload() throws Exception {
    Path file = folder.resolve("ports");
    Path config = folder.resolve("tunnel.yaml");
    String first = "  - {listen: '127.0.0.1:0', service: '127.0.0.1:1'}\n";
    String second = "  - {listen: '127.0.0.1:0', service: '127.0.0.1:2'}\n";
    Files.writeString(config, "tunnels:\n" + first);
    try (Program program =
        program()
            .variable("TUNNEL_DEVICE", Program.DEVICE)
            .start("--config=" + config, "--port-file=" + file)) {
      String kept = address(program);
      Files.writeString(config, "tunnels:\n" + second + first + second);
      program.reload();
      String added = address(program);
      String last = address(program);
      assertThat(program.nextErrorLine()).isEqualTo("Reloaded " + config);

      assertThat(file).hasContent(added + "\n" + kept + "\n" + last + "\n");
    }
  }

  private static String address(Program program) throws InterruptedException {
    return program.nextLine().replace("Listening on ", "").replaceAll(" -> .*", "");
  }

  @Test
  void isNotWrittenIfListenerFails() throws Exception {
    Path file = Files.writeString(folder.resolve("ports"), "127.0.0.1:1\n"); // of a killed run
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Program program =
          program()
              .run("--port-file=" + file, "-L=:0" + TARGET, "-L=:" + taken.getLocalPort() + TARGET);
      assertThat(program.exitCode()).isEqualTo(3);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void rejectsMissingFolderBeforeListening() throws Exception {
    Path file = folder.resolve("missing/ports");
    Program program = program().run("--port-file=" + file, "-L=:0" + TARGET);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.output()).isEmpty();
    assertThat(program.nextErrorLine())
        .isEqualTo(
            "tunnel: --port-file: " + file + ": the directory does not exist or is not writable");
  }

  private static Program program() {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", "wss://cloud.example")
        .variable("TUNNEL_API_KEY", "ak_test");
  }
}
