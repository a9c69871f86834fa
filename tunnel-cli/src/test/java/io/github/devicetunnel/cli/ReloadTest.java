package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks failures while the program reloads the file of {@code --config}. */
class ReloadTest {
  private static final String SERVICE = "127.0.0.1:80";

  @TempDir private Path folder;
  private Path file;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("tunnel.yaml");
    cloud = TunnelService.builder().apiKey("ak_test").failOnLeaks(false).build().start();
    cloud
        .device(Program.DEVICE)
        .onConnect(SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void rejectsFileWithoutTunnels() throws Exception {
    writeTunnels(tunnel("127.0.0.1:0"));
    try (Program program = program()) {
      InetSocketAddress address = program.awaitListening();

      Files.writeString(file, "# nothing\n");
      program.reload();
      assertThat(program.nextErrorLine())
          .startsWith("tunnel: " + file + ": is empty, but had tunnels at startup; ");
      assertThat(program.nextErrorLine()).isEqualTo("The listeners are unchanged");

      Files.writeString(file, "ping-duration: 1\n");
      program.reload();
      assertThat(program.nextErrorLine())
          .startsWith("tunnel: " + file + ": has no tunnels, but had tunnels at startup; ");
      assertThat(program.nextErrorLine()).isEqualTo("The listeners are unchanged");
      connected(address).close();
    }
  }

  /** The port is in use on another address of this machine, so the wildcard bind fails. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void reportsAddressThatCannotBeBound() throws Exception {
    writeTunnels(tunnel("127.0.0.1:0"), tunnel("[::1]:0"));
    try (Program program = program()) {
      int port = program.awaitListening().getPort();
      InetSocketAddress other = address(program.nextLine());
      try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
        writeTunnels(tunnel("0.0.0.0:" + taken.getLocalPort()), tunnel("[::1]:0"));
        program.reload();
        assertThat(program.nextErrorLine()).isEqualTo("No longer listening on 127.0.0.1:" + port);
        assertThat(program.nextErrorLine())
            .isEqualTo(
                "tunnel: cannot listen on 0.0.0.0:"
                    + port
                    + ": the port is in use by another program");
        assertThat(program.nextErrorLine())
            .isEqualTo("The listener stays closed until the next reload");
        connected(other).close();
      }
      program.reload();
      assertThat(program.nextLine()).startsWith("Listening on 0.0.0.0:" + port + " -> ");
    }
  }

  @Test
  void closesRemovedTunnelDespiteFailedPortFile() throws Exception {
    Path portFile = Files.createDirectory(folder.resolve("run")).resolve("ports");
    writeTunnels(tunnel("127.0.0.1:0"), tunnel("[::1]:0"));
    try (Program program = program("--port-file=" + portFile, "--drain-timeout=50ms")) {
      InetSocketAddress kept = program.awaitListening();
      InetSocketAddress removed = address(program.nextLine());
      try (Socket socket = connected(removed)) {
        Files.delete(portFile);
        Files.delete(portFile.getParent());
        writeTunnels(tunnel("127.0.0.1:0"));
        program.reload();
        assertEnds(socket);
      }
      assertThat(nextLineExceptInfo(program)).startsWith("No longer listening on [::1]:");
      assertThat(nextLineExceptInfo(program)).startsWith("tunnel: --port-file: " + portFile + ": ");
      assertThat(nextLineExceptInfo(program))
          .isEqualTo("The file still contains addresses of closed listeners");
      connected(kept).close();
    }
  }

  /** Skips INFO lines, which another thread logs at any time during the drain. */
  private static String nextLineExceptInfo(Program program) throws Exception {
    String line = program.nextErrorLine();
    return line.contains(" INFO ") ? nextLineExceptInfo(program) : line;
  }

  private Program program(String... more) {
    List<String> args = new ArrayList<>(List.of("--config=" + file));
    args.addAll(List.of(more));
    return new Program()
        .variable("TUNNEL_API_KEY", "ak_test")
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .start(args.toArray(String[]::new));
  }

  private void writeTunnels(String... tunnels) throws IOException {
    Files.writeString(file, "tunnels:\n" + String.join("", tunnels));
  }

  private static String tunnel(String listen) {
    return "  - {listen: '%s', device: %s, service: '%s'}\n"
        .formatted(listen, Program.DEVICE, SERVICE);
  }

  private static InetSocketAddress address(String line) {
    return ListenAddress.parsePort(
        "", line.substring("Listening on ".length(), line.indexOf(" -> ")));
  }

  /** Returns a connection with an open tunnel. */
  private static Socket connected(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout((int) Await.LONG.toMillis());
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
    return socket;
  }

  private static void assertEnds(Socket socket) throws IOException {
    try {
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }
}
