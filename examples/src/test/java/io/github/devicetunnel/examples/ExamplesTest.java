package io.github.devicetunnel.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.devicetunnel.testing.TunnelService;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs every example with real servers behind a local tunnelling service. */
final class ExamplesTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  @TempDir Path folder;
  private TunnelService cloud;

  @BeforeEach
  void startCloud() throws IOException {
    cloud = TunnelService.builder().apiKey(System.getenv("TUNNEL_API_KEY")).build().start();
  }

  @AfterEach
  void stopCloud() {
    cloud.close();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static HttpServer webServer(String path, String page) throws IOException {
    HttpServer server = HttpServer.create(loopback(0), 0);
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, page.length());
            exchange.getResponseBody().write(page.getBytes(UTF_8));
          }
        });
    server.start();
    return server;
  }

  @Test
  void browseDeviceFetchesPage() throws Exception {
    HttpServer server = webServer("/", "A page");
    try {
      cloud.route(DEVICE, "127.0.0.1:80", server.getAddress());
      assertThat(CapturedOutput.by(BrowseDevice::main, cloud.uri(), DEVICE))
          .isEqualTo("With a socket factory: A page\nThrough a local port: A page\n");
    } finally {
      server.stop(0);
    }
  }

  /** Unpacking PostgreSQL takes time. */
  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void queryPostgresPrintsRows() throws Exception {
    try (EmbeddedPostgres postgres = startPostgres()) {
      cloud.route(DEVICE, "127.0.0.1:5432", loopback(postgres.getPort()));
      String query = "SELECT n * n FROM generate_series(1, 3) n";
      assertThat(CapturedOutput.by(QueryPostgres::main, cloud.uri(), DEVICE, "postgres", query))
          .isEqualTo("1\n4\n9\n");
    }
  }

  /** Binaries exist for most platforms. As root, the start requires a switch to another user. */
  private EmbeddedPostgres startPostgres() throws IOException {
    try {
      return EmbeddedPostgres.builder()
          .setOverrideWorkingDirectory(folder.toFile())
          .setPGStartupWait(Duration.ofSeconds(40))
          .start();
    } catch (IllegalStateException e) {
      assumeTrue(Boolean.getBoolean("tunnel.requireExternals"), "PostgreSQL does not start: " + e);
      throw e;
    }
  }

  @Test
  void sshToDeviceRunsCommandAndCopiesFile() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair hostKey = generator.generateKeyPair();
    KeyPair userKey = generator.generateKeyPair();
    Path key = Files.writeString(folder.resolve("key"), pem(userKey));
    Path file = Files.writeString(folder.resolve("file"), "content");
    Path home = Files.createDirectory(folder.resolve("home"));
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
      server.setPublickeyAuthenticator(
          (user, offered, session) -> KeyUtils.compareKeys(offered, userKey.getPublic()));
      server.setCommandFactory(ProcessShellCommandFactory.INSTANCE);
      server.setFileSystemFactory(new VirtualFileSystemFactory(home));
      server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
      server.start();
      cloud.route(DEVICE, "127.0.0.1:22", loopback(server.getPort()));

      String printed =
          CapturedOutput.by(
              SshToDevice::main,
              cloud.uri(),
              DEVICE,
              KeyUtils.getFingerPrint(hostKey.getPublic()),
              "somebody",
              key.toString(),
              "echo result",
              file.toString(),
              "copy");
      assertThat(printed).isEqualTo("result\nCopied " + file + " to copy\n");
      assertThat(home.resolve("copy")).hasContent("content");
    }
  }

  private static String pem(KeyPair key) {
    byte[] pkcs8 = key.getPrivate().getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pkcs8)
        + "\n-----END PRIVATE KEY-----\n";
  }

  @Test
  void askManyDevicesPrintsStatusOfEachDevice() throws Exception {
    List<String> devices = IntStream.range(0, 100).mapToObj("%032x"::formatted).toList();
    HttpServer server = webServer("/status", "ready");
    try {
      devices.forEach(device -> cloud.route(device, "127.0.0.1:80", server.getAddress()));
      List<String> args = new ArrayList<>(List.of(cloud.uri()));
      args.addAll(devices);
      args.add(DEVICE);
      String[] lines =
          CapturedOutput.by(QueryManyDevices::main, args.toArray(String[]::new)).split("\n");
      assertThat(lines).hasSize(101);
      for (int i = 0; i < 100; i++) {
        assertThat(lines[i]).isEqualTo(devices.get(i) + ": ready");
      }
      assertThat(lines[100]).startsWith(DEVICE + " failed: ").contains("404");
    } finally {
      server.stop(0);
    }
  }

  /** Simulates Enter after the page was fetched through the printed port. */
  @Test
  @SuppressWarnings("InputStreamSlowMultibyteRead") // only one byte is read
  void fromOldClientListensUntilEnter() throws Exception {
    HttpServer server = webServer("/", "A page");
    InputStream terminal = System.in;
    CapturedOutput printed = new CapturedOutput();
    List<String> pages = new ArrayList<>();
    System.setIn(
        new InputStream() {
          @Override
          public int read() throws IOException {
            pages.add(page(printed.soFar()));
            return '\n';
          }
        });
    try {
      cloud.route(DEVICE, "127.0.0.1:80", server.getAddress());
      String path = "/v3/devices/" + DEVICE + "/services/127.0.0.1:80/connection";
      printed.run(FromOldClient::main, "127.0.0.1:0", cloud.uri() + path, "", "5");
      assertThat(pages).containsExactly("A page");
    } finally {
      System.setIn(terminal);
      server.stop(0);
    }
  }

  private static String page(String printed) throws IOException {
    Matcher address =
        Pattern.compile("Listening on .*/(127\\.0\\.0\\.1:\\d+), .*\n").matcher(printed);
    assertThat(address.matches()).as(printed).isTrue();
    URLConnection page = URI.create("http://" + address.group(1)).toURL().openConnection();
    page.setRequestProperty("Connection", "close");
    try (InputStream in = page.getInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
