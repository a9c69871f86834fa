package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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
