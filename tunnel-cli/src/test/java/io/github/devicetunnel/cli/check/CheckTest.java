package io.github.devicetunnel.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.ServiceStream;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs {@code tunnel check}. */
class CheckTest {
  private static final String SERVICE = "127.0.0.1:80";

  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelService.builder().apiKey("ak_test").device(Program.DEVICE).build().start();
    cloud.device(Program.DEVICE).onConnect(SERVICE, CheckTest::readToEnd);
  }

  private static void readToEnd(ServiceStream stream) throws IOException {
    stream.inputStream().readAllBytes();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private Program check(String... options) {
    return checkAt(cloud.uri(), options);
  }

  private static Program checkAt(String cloudUri, String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "check";
    System.arraycopy(options, 0, args, 1, options.length);
    return new Program()
        .variable("TUNNEL_CLOUD_URI", cloudUri)
        .variable("TUNNEL_DEVICE", Program.DEVICE)
        .variable("TUNNEL_SERVICE", SERVICE)
        .variable("TUNNEL_API_KEY", "ak_test")
        .run(args);
  }

  /** Returns the first two words of each line. */
  private static List<String> steps(Program program) {
    return program
        .output()
        .lines()
        .filter(line -> !line.startsWith(" "))
        .map(line -> line.replaceFirst("^(\\S+) +(\\S+).*", "$1 $2"))
        .toList();
  }

  @Test
  void reportsEachStep() {
    Program program = check();

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).isEmpty();
    assertThat(steps(program))
        .containsExactly(
            "settings ok",
            "credential ok",
            "dns skipped",
            "tcp ok",
            "tls skipped",
            "upgrade ok",
            "ping ok");
    assertThat(program.output()).contains(" ms  ", cloud.uri(), Program.DEVICE + "/" + SERVICE);
  }

  @Test
  void acceptsOptionsOfListen() {
    assertThat(check("-listen-uri=127.0.0.1:3131", "--ping-duration=1").exitCode()).isEqualTo(0);
  }

  @ParameterizedTest
  @CsvSource({"401, 4", "403, 4", "404, 5", "429, 7", "500, 7"})
  void reportsRejectionAsFailedUpgrade(int status, int exitCode) {
    cloud.faults().onNextConnect(Fault.reject(status));

    Program program = check();

    assertThat(program.exitCode()).isEqualTo(exitCode);
    assertThat(steps(program)).endsWith("tls skipped", "upgrade failed");
    assertThat(program.output()).contains("the cloud rejected the tunnel to", ": " + status);
  }

  @Test
  void reportsRefusedConnectionAsFailedTcp() {
    String uri = cloud.uri();
    cloud.close();

    Program program = checkAt(uri);

    assertThat(program.exitCode()).isEqualTo(6);
    assertThat(steps(program)).endsWith("dns skipped", "tcp failed");
    assertThat(program.output())
        .contains("Connection refused, while connecting to 127.0.0.1:", "check the host and port");
  }

  @Test
  void reportsUnknownHostAsFailedDns() {
    Program program = checkAt("wss://no-such-host.invalid");

    assertThat(program.exitCode()).isEqualTo(6);
    assertThat(steps(program)).endsWith("credential ok", "dns failed");
    assertThat(program.output())
        .contains("; check the host of the cloud URI and the DNS", "requires a proxy");
  }

  @Test
  void reportsCloudWithoutTlsAsFailedTls() {
    Program program = checkAt(cloud.uri().replace("ws:", "wss:"));

    assertThat(program.exitCode()).isEqualTo(6);
    assertThat(steps(program)).endsWith("tcp ok", "tls failed");
    assertThat(program.output())
        .contains(
            "while performing the TLS handshake; check the scheme, host and port of the cloud URI");
  }

  @Test
  void namesUnreachableProxy() {
    Program program = checkAt("wss://cloud.example", "--proxy=http://user:secret@127.0.0.1:1");

    assertThat(program.exitCode()).isEqualTo(6);
    assertThat(steps(program)).endsWith("tcp failed");
    assertThat(program.output())
        .contains("the proxy 127.0.0.1:1 could not be reached: ", "; check its host and port")
        .doesNotContain("secret");
  }

  /** A real gateway accepts the tunnel before it connects to the service. */
  @Test
  void failsIfServiceClosesAtOnce() {
    cloud.device(Program.DEVICE).onConnect(SERVICE, stream -> {});

    Program program = check();

    assertThat(program.exitCode()).isEqualTo(5);
    assertThat(steps(program)).endsWith("upgrade ok", "service failed");
    assertThat(program.output())
        .contains(
            "check that the service listens on 127.0.0.1:80 of the gateway",
            "Try: check on the gateway");
  }

  @Test
  void succeedsIfServiceSendsDataAndCloses() {
    cloud.device(Program.DEVICE).onConnect(SERVICE, stream -> stream.outputStream().write('x'));

    assertThat(check().exitCode()).isEqualTo(0);
  }

  @Test
  void rejectsExpiredTokenWithoutRequest() {
    String expired = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl";

    Program program = check("--application-id=app", "--api-key=" + expired);

    assertThat(program.exitCode()).isEqualTo(4);
    assertThat(steps(program)).endsWith("credential failed");
    assertThat(program.output()).contains("expired", "request a new token").doesNotContain(expired);
    assertThat(cloud.requestCount()).isZero();
  }

  @Test
  void checksSettingsFirst() throws Exception {
    Program program = check("--device=12");

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(steps(program)).containsExactly("settings failed");
    assertThat(program.nextErrorLine()).startsWith("tunnel: --device: must be 32 hex digits");
    assertThat(check("--output=xml").exitCode()).isEqualTo(2);
  }

  @Test
  void writesStepsAsJson() throws Exception {
    cloud.faults().onNextConnect(Fault.reject(404));

    Program program = check("--output=json");

    List<Map<String, String>> lines = program.output().lines().map(CheckTest::fields).toList();
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.get("time")).matches("[^.]+T[^.]+\\.\\d{3}Z"));
    Map<String, String> last = lines.get(lines.size() - 2);
    assertThat(last).containsEntry("event", "step").containsEntry("step", "upgrade");
    assertThat(last).containsEntry("outcome", "failed").containsKey("message");
    assertThat(Double.parseDouble(last.get("ms"))).isPositive();
    assertThat(lines.get(lines.size() - 1))
        .containsEntry("event", "check")
        .containsEntry("outcome", "failed")
        .containsEntry("exitCode", "5");
  }

  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        fields.put(name, parser.getText());
      }
      assertThat(parser.nextToken()).isNull();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
    return fields;
  }
}
