package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks files that are endless, too large or never answer, at startup and during a reload. */
@DisabledOnOs(OS.WINDOWS)
class HostileFilesTest {
  private static final String SERVICE = "127.0.0.1:80";
  private static final String NOT_REGULAR = ": is not a regular file; replace it with one";
  private static final String TOO_LARGE = ": is larger than 1 MiB; specify another file";

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

  private interface Replacement {
    void make(Path file) throws Exception;
  }

  @Test
  void reloadRejectsPipe() throws Exception {
    assertReloadChangesNothing(Pipes::make, NOT_REGULAR);
  }

  @Test
  void reloadRejectsDevice() throws Exception {
    assertReloadChangesNothing(
        path -> Files.createSymbolicLink(path, Path.of("/dev/zero")), NOT_REGULAR);
  }

  @ParameterizedTest
  @ValueSource(longs = {(1 << 20) + 1, 100_000_000, 3L << 30})
  void reloadRejectsLargeFile(long length) throws Exception {
    assertReloadChangesNothing(
        path -> {
          try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(length);
          }
        },
        TOO_LARGE);
  }

  private void assertReloadChangesNothing(Replacement replacement, String defect) throws Exception {
    writeTunnels(1);
    try (Program program = program("--config=" + file)) {
      InetSocketAddress address = program.awaitListening();
      try (Socket open = LocalClient.connect(address)) {
        assertEchoes(open);
        Files.delete(file);
        replacement.make(file);

        program.reload();
        assertThat(program.nextErrorLine()).isEqualTo("tunnel: --config: " + file + defect);
        assertThat(program.nextErrorLine()).isEqualTo("The listeners are unchanged");
        assertEchoes(open);
      }
      Files.delete(file);
      writeTunnels(1);
      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("Reloaded " + file);
      assertThat(program.stop().exitCode()).isZero();
    }
  }

  /** Only a start can read a pipe, such as that of {@code --config <(vault read ...)}. */
  @Test
  void startReadsPipeOnce() throws Exception {
    Pipes.make(file);
    try (Program program = program("--config=" + file)) {
      writeTunnels(1);
      program.awaitListening();
      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("tunnel: --config: " + file + NOT_REGULAR);
    }
  }

  @Test
  void startRejectsEndlessFile() {
    Program program = new Program().run("--config=/dev/zero");
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors()).startsWith("tunnel: --config: /dev/zero" + TOO_LARGE);
  }

  /** The listeners accept the new tunnels although the key cannot be read. */
  @Test
  void reloadDoesNotWaitForKey() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "ak_test");
    writeTunnels(1);
    try (Program program =
        program("--config=" + file, "--api-key-file=" + key, "--connect-timeout=10m")) {
      program.awaitListening();
      Files.delete(key);
      Pipes.make(key);
      writeTunnels(3);

      program.reload();
      program.awaitListening();
      program.awaitListening();
      assertThat(program.stop().exitCode()).isZero();
    }
  }

  /** Opening a pipe without a writer blocks for ever, even if the thread is interrupted. */
  @Test
  void pipeInPlaceOfKeyBlocksNoThread() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "ak_test");
    writeTunnels(1);
    Set<Thread> before = helpers();
    try (Program program =
        program("--config=" + file, "--api-key-file=" + key, "--connect-timeout=2s")) {
      InetSocketAddress address = program.awaitListening();
      Files.delete(key);
      Pipes.make(key);
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        sockets.add(LocalClient.connect(address));
      }
      for (Socket socket : sockets) {
        LocalClient.assertClosed(socket);
      }
      Await.until("the end of helper threads", () -> before.containsAll(helpers()));

      Files.delete(key);
      Files.writeString(key, "ak_test");
      try (Socket socket = LocalClient.connect(address)) {
        assertEchoes(socket);
      }
    }
  }

  private static Set<Thread> helpers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("tunnel-helper"))
        .collect(Collectors.toSet());
  }

  @Test
  void reloadRejectsPipeForCertificate() throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.pem"), anyAuthority());
    writeTunnels(1);
    try (Program program = program("--config=" + file, "--ca-file=" + ca)) {
      program.awaitListening();
      Files.delete(ca);
      Pipes.make(ca);

      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("Reloaded " + file);
      assertThat(program.nextErrorLine()).isEqualTo("tunnel: --ca-file: " + ca + NOT_REGULAR);
      assertThat(program.nextErrorLine()).isEqualTo("The certificates are unchanged");
      assertThat(program.stop().exitCode()).isZero();
    }
  }

  /** Opening the pipe for writing returns when the program opens it for reading. */
  @Test
  void signalStopsStartThatWaitsForKey() throws Exception {
    Path key = Pipes.make(folder.resolve("key"));
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--api-key-file=" + key);
        OutputStream writer = Files.newOutputStream(key)) {
      assertThat(process.terminate().exitCode()).as("exit code with %s", writer).isZero();
      assertThat(process.output()).isEqualTo("Stopped before all listeners were open\n");
    }
  }

  private static String anyAuthority() throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509TrustManager trust = (X509TrustManager) factory.getTrustManagers()[0];
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(trust.getAcceptedIssuers()[0].getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  private Program program(String... args) {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .variable("TUNNEL_API_KEY", "ak_test")
        .start(args);
  }

  private void writeTunnels(int count) throws IOException {
    List<String> lines = new ArrayList<>(List.of("tunnels:"));
    for (int i = 0; i < count; i++) {
      // Each tunnel has its own timeout, so that a reload recognizes it.
      lines.add(
          "  - {listen: '127.0.0.1:0', device: %s, service: '%s', idle-timeout: %dm}"
              .formatted(Program.DEVICE, SERVICE, i + 1));
    }
    Files.write(file, lines);
  }
}
