package io.github.devicetunnel.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks the source of the key with a cloud that rejects every request. */
class KeySourceTest {
  private static final String WARNING =
      "tunnel: warning: --api-key exposes the key to other users of this machine; use"
          + " --api-key-file or TUNNEL_API_KEY";

  @TempDir Path folder;
  private HttpServer cloud;
  private final BlockingQueue<Headers> requests = new LinkedBlockingQueue<>();

  @BeforeEach
  void startCloud() throws IOException {
    cloud = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    cloud.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestHeaders());
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    cloud.start();
  }

  @AfterEach
  void stopCloud() {
    cloud.stop(0);
  }

  @Test
  void readsKeyFromOption() throws Exception {
    try (Program program = start(new Program(), "-api-key=ak_option")) {
      assertThat(nextRequest(program)).containsEntry("Authorization", List.of("Bearer ak_option"));
      assertThat(program.errors()).startsWith(WARNING).containsOnlyOnce("warning:");
    }
  }

  @Test
  void readsKeyThatLauncherMovedToEnvironment() throws Exception {
    Program program =
        new Program()
            .variable("TUNNEL_ARGUMENT_5", "--api-key=ak_argument")
            .variable("TUNNEL_API_KEY", "ak_environment");
    try (program) {
      start(program, "--api-key=***");
      assertThat(nextRequest(program))
          .containsEntry("Authorization", List.of("Bearer ak_argument"));
      assertThat(program.errors()).startsWith(WARNING);
    }
  }

  @Test
  void readsKeyFromVariable() throws Exception {
    try (Program program = start(new Program().variable("TUNNEL_API_KEY", "ak_environment"))) {
      assertThat(nextRequest(program))
          .containsEntry("Authorization", List.of("Bearer ak_environment"))
          .doesNotContainKey("X-application-id");
      assertThat(program.errors()).doesNotContain("warning:");
    }
  }

  @Test
  void fileOverridesVariable() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "ak_file\r\n");
    Program program = new Program().variable("TUNNEL_API_KEY", "ak_environment");
    try (program) {
      start(program, "--api-key-file", file.toString());
      assertThat(nextRequest(program)).containsEntry("Authorization", List.of("Bearer ak_file"));
      assertThat(program.errors()).doesNotContain("warning:");
    }
  }

  @Test
  void readsKeyFromStandardInput() throws Exception {
    try (Program program = start(new Program().input("ak_input\nrest"), "--api-key-file=-")) {
      assertThat(nextRequest(program)).containsEntry("Authorization", List.of("Bearer ak_input"));
    }
  }

  @Test
  void sendsTokenWithApplicationId() throws Exception {
    String token = jwt("{\"exp\":99999999999}");
    Program program = new Program().variable("TUNNEL_API_KEY", token);
    try (program) {
      start(program, "-application-id", "app1");
      assertThat(nextRequest(program))
          .containsEntry("Authorization", List.of("Bearer " + token))
          .containsEntry("X-application-id", List.of("app1"));
    }
  }

  @Test
  void ignoresEmptyApplicationId() throws Exception {
    Program program = new Program().variable("TUNNEL_API_KEY", "ak_x");
    try (program) {
      start(program, "-application-id=");
      assertThat(nextRequest(program)).doesNotContainKey("X-application-id");
    }
  }

  @Test
  void rejectsOptionAndFile() {
    assertRejected(
        "--api-key-file: cannot be combined with --api-key; remove one of them\n",
        "--api-key=ak_x",
        "--api-key-file=/nowhere");
  }

  @Test
  void rejectsEmptyKey() {
    assertRejected("--api-key: is empty", "-api-key=");
  }

  @Test
  void rejectsMalformedKey() {
    assertRejected("--api-key: contains a space or tab at position 3", "--api-key=ak x");
    assertThat(new Program().variable("TUNNEL_API_KEY", "ak_x\ny").run(arguments()).errors())
        .startsWith("tunnel: --api-key: contains a line break at position 5")
        .contains("(the value of TUNNEL_API_KEY)");
    assertRejected(
        "--application-id: contains a space or tab",
        "--api-key=" + jwt("{\"exp\":99999999999}"),
        "--application-id=a b");
  }

  @Test
  void distinguishesAccessKeyAndToken() throws Exception {
    String token = jwt("{\"exp\":99999999999}");
    assertRejected(
        "--api-key: is a JWT, which requires an application ID; specify --application-id as"
            + " well\n",
        "--api-key=" + token);
    assertRejected(
        "--api-key: is an access key (ak_...), which is sent without an application ID; omit"
            + " --application-id and unset TUNNEL_APPLICATION_ID\n",
        "--api-key=ak_x",
        "--application-id=app1");
    assertRejected(
        "--api-key: is not a JWT (three base64url", "--api-key=a.b.c", "--application-id=app1");
    Path file = Files.writeString(folder.resolve("key"), token);
    assertRejected("--api-key-file: the value is a JWT", "--api-key-file", file.toString());
  }

  @Test
  void exitsIfTokenDoesNotOpenTarget() throws Exception {
    String expired = jwt("{\"exp\":1640947429}");
    String elsewhere = jwt("{\"exp\":99999999999,\"pelion.edge.tunnel.port\":22}");
    Path file = Files.writeString(folder.resolve("key"), expired);
    assertExitsWith4("the token has expired: its claim exp is 1640947429", "--api-key=" + expired);
    assertExitsWith4(
        "the token has expired: its claim exp is 1640947429", "--api-key-file=" + file);
    assertExitsWith4(
        "the token was issued for port 22 (claim pelion.edge.tunnel.port)",
        "--api-key=" + elsewhere);
    assertThat(requests).isEmpty();
  }

  private void assertExitsWith4(String reason, String key) {
    Program program = new Program().run(arguments("--application-id=app1", key));
    assertThat(program.exitCode()).isEqualTo(4);
    assertThat(program.output()).isEmpty();
    assertThat(program.errors())
        .contains("tunnel: cannot open a tunnel to " + Program.DEVICE + "/127.0.0.1:80: " + reason)
        .endsWith("Request a new token for this device and service\n");
  }

  /** A rotated key takes effect without a restart. */
  @Test
  void rereadsFileForEachConnection() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "ak_1");
    try (Program program = start(new Program(), "--api-key-file", file.toString())) {
      InetSocketAddress address = program.awaitListening();
      // The cloud answers every request with 401, and receives a rejected key only once at first.
      assertThat(keysOfNextConnection(address)).containsExactly("Bearer ak_1");
      Files.writeString(file, "ak_2");
      assertThat(keysOfNextConnection(address)).containsExactly("Bearer ak_2");
    }
  }

  private List<String> keysOfNextConnection(InetSocketAddress address) throws Exception {
    LocalClient.awaitClose("127.0.0.1:" + address.getPort());
    List<Headers> received = new ArrayList<>();
    requests.drainTo(received);
    return received.stream().map(headers -> headers.getFirst("Authorization")).toList();
  }

  /** A shell creates such a pipe for {@code <(vault read …)}. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void readsPipeOnce() throws Exception {
    Path pipe = Pipes.make(folder.resolve("pipe"));
    try (Program program = start(new Program(), "--api-key-file", pipe.toString())) {
      Files.writeString(pipe, "ak_pipe\n");
      assertThat(nextRequest(program)).containsEntry("Authorization", List.of("Bearer ak_pipe"));
    }
  }

  private static String jwt(String claims) {
    String middle = Base64.getUrlEncoder().encodeToString(claims.getBytes(UTF_8));
    return "eyJhbGciOiJSUzI1NiJ9." + middle + ".c2lnbmF0dXJl";
  }

  @Test
  void rejectsFileWithoutValidKey() throws Exception {
    assertRejected("--api-key-file: file not found", "--api-key-file=/no/such/file");
    assertRejected("--api-key-file: the file cannot be read", "--api-key-file", folder.toString());
    Path file = Files.writeString(folder.resolve("empty"), "\n");
    assertRejected("--api-key-file: is empty", "--api-key-file", file.toString());
    Files.write(file, new byte[70_000]);
    assertRejected("--api-key-file: contains more than 64 KiB", "--api-key-file", file.toString());
    Files.writeString(file, "ak_x\nak_y\n");
    assertRejected(
        "--api-key-file: the value contains a line break at position 5",
        "--api-key-file",
        file.toString());
    Files.write(file, "ak_\u00e9".getBytes(UTF_8));
    assertRejected(
        "--api-key-file: the value contains a character that is not printable ASCII",
        "--api-key-file",
        file.toString());
    assertRejected("--api-key-file: is empty", "--api-key-file=-");
  }

  private void assertRejected(String message, String... args) {
    Program program = new Program().run(arguments(args));
    assertThat(program.errors()).startsWith("tunnel: " + message);
    assertThat(program.errors().lines()).hasSize(2);
  }

  private Program start(Program program, String... args) {
    return program.start(arguments(args));
  }

  private String[] arguments(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--listen-uri=:0",
                "--cloud-uri=ws:/" + cloud.getAddress(),
                "--device=" + Program.DEVICE,
                "--service=127.0.0.1:80"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private Headers nextRequest(Program program) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(program.awaitListening());
      return Await.next(requests);
    }
  }
}
