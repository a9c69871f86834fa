package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.demo.DemoWebService;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class UnixListenTest {
  @TempDir private Path folder;

  @AutoClose private final WebCloud cloud = new WebCloud();
  private Path socket;

  @BeforeEach
  void start() {
    socket = folder.resolve("t.sock");
  }

  @Test
  void servesPageOverUnixSocket() throws Exception {
    Path page = folder.resolve("page");
    try (Program program =
        cloud.program().start("--listen-uri=unix:" + socket, "--half-close-timeout=100ms")) {
      assertThat(program.nextLine())
          .isEqualTo("Listening on unix:" + socket + " -> " + Program.DEVICE + "/127.0.0.1:80");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThat(folder.toFile().list()).containsExactly("t.sock");

      ProcessBuilder curl =
          new ProcessBuilder(
              "curl",
              "-sS",
              "--unix-socket",
              socket.toString(),
              "-o",
              page.toString(),
              "http://gateway/");
      assertThat(TestProcess.start(curl).awaitExit()).isZero();
      assertThat(page).hasBinaryContent(DemoWebService.page());
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void replacesStaleSocketFile() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(Files.exists(socket)).isTrue();

    Program program = cloud.program().run("-L=unix:" + socket + "=127.0.0.1:80");

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.output()).startsWith("Listening on unix:");
    assertThat(socket).doesNotExist();
  }

  @Test
  void keepsSocketInUse() throws Exception {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      assertRejected("the socket is in use by another program");
    }
    assertThat(Files.exists(socket)).isTrue();
  }

  @Test
  void keepsFileThatIsNotSocket() throws Exception {
    Files.writeString(socket, "precious");

    assertRejected("a file exists at this path and is not a socket");
    assertThat(socket).hasContent("precious");
  }

  @Test
  void keepsSymbolicLink() throws Exception {
    Files.createSymbolicLink(socket, folder.resolve("elsewhere"));

    assertRejected("a file exists at this path and is not a socket");
  }

  @Test
  void rejectsMissingFolder() throws Exception {
    socket = folder.resolve("missing/t.sock");

    assertRejected("the folder does not exist; create it");
  }

  private void assertRejected(String reason) throws Exception {
    Program program = cloud.program().run("--listen-uri=unix:" + socket);

    assertThat(program.exitCode()).isEqualTo(3);
    assertThat(program.output()).isEmpty();
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: cannot listen on unix:" + socket + ": " + reason);
    assertThat(program.nextErrorLine()).isEqualTo("Choose another address with --listen-uri");
  }
}
