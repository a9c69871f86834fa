package io.github.devicetunnel.it.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ServerProgram;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proxies that require Digest authentication (RFC 7616): Squid, and scripted proxies for cases that
 * Squid does not cover.
 */
final class DigestProxyTest {
  private static final String USER = "pl\"ant";
  private static final String PASSWORD = "5ecret:of the proxy";

  /** Has no colon, because a colon separates user name and password in Squid's file. */
  private static final String SQUID_PASSWORD = "5ecret-of the proxy";

  private static final Pattern PARAMETER =
      Pattern.compile("(\\w+)=(?:\"((?:\\\\.|[^\"])*)\"|([^\\s,]+))");
  private static final Path HELPER = Path.of("/usr/lib/squid/digest_file_auth");

  @TempDir Path folder;
  @RegisterExtension final Leaks leaks = new Leaks();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** Starts Squid. It drops its root privileges, so the folder must be readable by other users. */
  private ServerProgram squid() throws IOException {
    String program = Externals.program("squid");
    Externals.need(Files.isExecutable(HELPER), "there is no " + HELPER);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path passwords =
        Files.writeString(folder.resolve("passwords"), "plant:" + SQUID_PASSWORD + "\n");
    return ServerProgram.started(
        folder,
        "TERM",
        null,
        port -> List.of(program, "-N", "-f", config(port, passwords).toString()));
  }

  private Path config(int port, Path passwords) {
    String config =
        """
        http_port 127.0.0.1:%d
        pid_filename none
        cache_log %s
        access_log none
        cache deny all
        pinger_enable off
        max_filedescriptors 1024
        shutdown_lifetime 0 seconds
        auth_param digest program %s %s
        auth_param digest realm the plant
        auth_param digest children 1 startup=1
        acl users proxy_auth REQUIRED
        http_access allow users
        http_access deny all
        """
            .formatted(port, folder.resolve("cache.log"), HELPER, passwords);
    try {
      return Files.writeString(folder.resolve("squid.conf"), config);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TESTING", "TESTING_TLS"})
  void tunnelThroughSquidDeliversAllBytes(CloudKind kind) throws Exception {
    int count = 1 << 20;
    try (ServerProgram proxy = squid();
        EchoService service = EchoService.started();
        Cloud cloud = kind.start();
        TunnelClient client =
            cloud
                .client(service)
                .proxy(
                    ProxySettings.http("127.0.0.1", proxy.port())
                        .credentials("plant", SQUID_PASSWORD))
                .build()) {
      for (int i = 0; i < 3; i++) {
        try (LocalEnd end = LocalEnd.Entrance.STREAM.open(client)) {
          Upload upload = Upload.start(end.out(), 1, count);
          assertThat(Digest.of(end.in(), count)).isEqualTo(RandomBytes.digest(1, count));
          upload.await();
        }
      }
    }
  }

  @Test
  void squidRejectsWrongOrMissingPassword() throws Exception {
    try (ServerProgram proxy = squid()) {
      ProxySettings settings = ProxySettings.http("127.0.0.1", proxy.port());
      assertThat(failure(settings.credentials("plant", "wr0ng-5ecret")))
          .contains("rejected the connection to ", " with 407 ")
          .endsWith("it does not accept the user name and password; check both");
      assertThat(failure(settings))
          .contains("rejected the connection to ", " with 407 ")
          .endsWith("it requires a user name and password, but none are set; set both");
    }
  }

  /** A body without a length ends with the connection, so the answer requires a new connection. */
  @ParameterizedTest
  @ValueSource(strings = {"MD5", "SHA-256"})
  void answersChallengeOnNewConnection(String algorithm) throws Exception {
    String challenges =
        challenge("n1", "MD5", "auth-int,auth") + challenge("n1", algorithm, "auth, auth-int");
    try (Service proxy = Service.started(socket -> play(socket, algorithm, challenges, true));
        TunnelClient client = client(settings(proxy)).build()) {
      for (int i = 1; i <= 2; i++) {
        assertThat(failure(client)).contains("403 Accepted");
        assertThat(proxy.accepted()).isEqualTo(i + 1);
        assertThat(requests.get(i)).contains("nc=0000000" + i);
      }
    }
  }

  @Test
  void replacesStaleNonceOnSameConnection() throws Exception {
    String[] nonce = {"n1"};
    Service.Script script =
        socket ->
            play(
                socket,
                "MD5",
                challenge(nonce[0], "MD5", "auth").replace("\r\n", ", stale=true\r\n")
                    + "Content-Length: 4\r\n",
                false);
    try (Service proxy = Service.started(script);
        TunnelClient client = client(settings(proxy)).build()) {
      assertThat(failure(client)).contains("403 Accepted");
      nonce[0] = "n2";
      assertThat(failure(client)).contains("403 Accepted");
      assertThat(requests).hasSize(4);
      assertThat(requests.get(2)).contains("nonce=\"n1\"");
      assertThat(requests.get(3)).contains("nonce=\"n2\"", "nc=00000001");
      assertThat(proxy.accepted()).isEqualTo(2);
    }
  }

  /** A challenge of RFC 2069, which some old proxies send. */
  @Test
  void answersChallengeWithoutQop() throws Exception {
    String challenge = challenge("n1", "MD5", "auth").replace(", qop=\"auth\"", "");
    try (Service proxy = Service.started(socket -> play(socket, "MD5", challenge, true));
        TunnelClient client = client(settings(proxy)).build()) {
      assertThat(failure(client)).contains("403 Accepted");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Negotiate",
        "NTLM",
        "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""
      })
  void reportsUnsupportedScheme(String challenge) throws Exception {
    String header = "Proxy-Authenticate: " + challenge + "\r\n";
    try (Service proxy = Service.started(socket -> play(socket, "MD5", header, true))) {
      assertThat(failure(settings(proxy)))
          .endsWith(
              "it requires "
                  + challenge.replaceFirst(" .*", "")
                  + ", but only Basic and Digest (MD5 or SHA-256, qop=auth) are supported; use a"
                  + " local proxy such as cntlm or px that authenticates to it");
      assertThat(proxy.accepted()).isEqualTo(1);
    }
  }

  private static String challenge(String nonce, String algorithm, String qop) {
    return "Proxy-Authenticate: Digest realm=\"the \\\"plant\\\"\", nonce=\""
        + nonce
        + "\", opaque=\"o\", algorithm="
        + algorithm
        + ", qop=\""
        + qop
        + "\"\r\n";
  }

  private static ProxySettings settings(Service proxy) {
    return ProxySettings.http("127.0.0.1", proxy.address().getPort()).credentials(USER, PASSWORD);
  }

  /**
   * Answers correct credentials for a nonce of the challenges with 403, and other requests with
   * 407.
   */
  private void play(Socket socket, String algorithm, String challenges, boolean closeAfterAnswer)
      throws Exception {
    String head = readHead(socket);
    while (head != null) {
      requests.add(head);
      boolean accepted = isCorrect(head, algorithm, challenges);
      String answer =
          accepted
              ? "HTTP/1.1 403 Accepted\r\n\r\n"
              : "HTTP/1.1 407 Required\r\n" + challenges + "\r\nbody";
      socket.getOutputStream().write(answer.getBytes(UTF_8));
      head = closeAfterAnswer ? null : readHead(socket);
    }
    socket.shutdownOutput();
    Service.awaitEnd(socket);
  }

  private static String readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next;
      try {
        next = socket.getInputStream().read();
      } catch (IOException e) {
        return null; // The client reset the connection because of unread bytes.
      }
      if (next < 0) {
        return null;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static boolean isCorrect(String head, String algorithm, String challenges)
      throws Exception {
    Matcher header = Pattern.compile("Proxy-Authorization: Digest (.*)").matcher(head);
    if (!header.find()) {
      return false;
    }
    Map<String, String> values = new HashMap<>();
    Matcher matcher = PARAMETER.matcher(header.group(1));
    while (matcher.find()) {
      String quoted = matcher.group(2);
      values.put(
          matcher.group(1), quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
    }
    String nonce = values.get("nonce");
    String secret = hash(algorithm, USER + ":the \"plant\":" + PASSWORD);
    String request = hash(algorithm, "CONNECT:cloud.invalid:8080");
    String qopPart =
        values.containsKey("qop") ? values.get("nc") + ":" + values.get("cnonce") + ":auth:" : "";
    return challenges.contains("nonce=\"" + nonce + "\"")
        && values.get("algorithm").equals(algorithm)
        && values.get("username").equals(USER)
        && values.get("uri").equals("cloud.invalid:8080")
        && values.get("opaque").equals("o")
        && values
            .get("response")
            .equals(hash(algorithm, secret + ":" + nonce + ":" + qopPart + request));
  }

  private static String hash(String algorithm, String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8)));
  }

  private static TunnelClient.Builder client(ProxySettings proxy) {
    return TunnelClient.builder()
        .cloudUri("ws://cloud.invalid:8080")
        .allowPlaintext(true)
        .credentials(Credentials.apiKey(Cloud.KEY))
        .deviceId(Cloud.DEVICE)
        .serviceAddress("127.0.0.1:80")
        .proxy(proxy);
  }

  private static String failure(ProxySettings proxy) {
    try (TunnelClient client = client(proxy).build()) {
      return failure(client);
    }
  }

  private static String failure(TunnelClient client) {
    TunnelException e = catchThrowableOfType(TunnelException.class, client::open);
    assertThat(e).isNotNull();
    assertThat(e.getMessage()).doesNotContain("5ecret");
    return e.getMessage();
  }
}
