package io.github.devicetunnel.cli.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TokenVerifier;
import io.github.devicetunnel.jwt.TunnelClaims;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code tunnel jwt} and {@code tunnel verification-key}. */
class JwtTest {
  private static final TestKeyPair KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);

  @TempDir Path folder;

  private String file(String name) throws Exception {
    KEYS.writeTo(folder);
    return folder.resolve(name).toString();
  }

  private String token(String... more) throws Exception {
    String[] first = {"jwt", "create", "--private-key", file("private.key")};
    String[] args = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    Program program = new Program().run(args);
    assertThat(program.errors()).isEmpty();
    assertThat(program.exitCode()).isEqualTo(0);
    return program.output().strip();
  }

  private static TunnelClaims verified(String token) throws Exception {
    return TokenVerifier.of(List.of(VerificationCertificate.of(KEYS.certificate())))
        .verify(token)
        .claims();
  }

  @Test
  void createsTokenForOneTarget() throws Exception {
    TunnelClaims claims =
        verified(token("--device", Program.DEVICE, "--service=[::1]:80", "--expires-in", "2h"));

    assertThat(claims.deviceId()).isEqualTo(Program.DEVICE);
    assertThat(claims.ip()).isEqualTo("::1");
    assertThat(claims.port()).isEqualTo(80);
    assertThat(claims.expiresAt())
        .isBetween(Instant.now().plusSeconds(7000), Instant.now().plusSeconds(7201));
  }

  @Test
  void createsUnrestrictedToken() throws Exception {
    assertThat(verified(token()).isUnrestricted()).isTrue();
  }

  @Test
  void warnsIfTokenOmitsAddress() throws Exception {
    Program program =
        new Program()
            .run("jwt", "create", "--private-key", file("private.key"), "--service=localhost:80");

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).contains("the host of --service is a name");
    assertThat(verified(program.output().strip()).ip()).isNull();
  }

  @Test
  void inspectShowsClaimsWithoutSignature() throws Exception {
    String token = token("--service=127.0.0.1:80");
    for (Program program :
        List.of(
            new Program().run("jwt", "inspect", token),
            new Program().input(token + "\n").run("jwt", "inspect", "-"),
            new Program().input(token + "\n").run("jwt", "inspect"))) {
      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.output())
          .containsPattern("algorithm +ES256\n")
          .containsPattern("expires +\\S+Z \\(in \\d{3} s\\)\n")
          .containsPattern("device +any\n")
          .containsPattern("ip +127\\.0\\.0\\.1\n")
          .containsPattern("port +80\n")
          .doesNotContain(token.substring(token.lastIndexOf('.') + 1));
    }
  }

  @Test
  void uploadsCertificate() throws Exception {
    try (TunnelService cloud =
        TunnelService.builder()
            .administratorKey("ak_administrator")
            .applicationWithKeys("app")
            .build()
            .start()) {
      assertThat(upload(cloud.uri(), "ak_administrator", "app").output())
          .isEqualTo("Uploaded to application app" + System.lineSeparator());
      assertThat(upload(cloud.uri(), "ak_other", "app").exitCode()).isEqualTo(4);
      Program unknown = upload(cloud.uri(), "ak_administrator", "other");
      assertThat(unknown.exitCode()).isEqualTo(5);
      assertThat(unknown.errors()).contains("404 not_found").doesNotContain("ak_administrator");
    }
  }

  @Test
  void reportsUnreachableCloud() throws Exception {
    try (Socket bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

      Program program = upload("ws://127.0.0.1:" + bound.getLocalPort(), "ak_key", "app");

      assertThat(program.exitCode()).isEqualTo(6);
      assertThat(program.errors()).startsWith("tunnel: no answer from http://127.0.0.1:");
    }
  }

  private Program upload(String uri, String key, String application) throws Exception {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", uri)
        .variable("TUNNEL_API_KEY", key)
        .run(
            "verification-key",
            "upload",
            "--application-id=" + application,
            "--name=test",
            "--certificate=" + file("public.crt"));
  }

  @Test
  void namesOptionOfInvalidValue() throws Exception {
    String key = file("private.key");
    assertUsage("--algorithm: RS256 requires an RSA key", key, "--algorithm=RS256");
    assertUsage("--algorithm: must be one of RS256", key, "--algorithm=HS256");
    assertUsage("--device: must be 32 hex digits", key, "--device=abc");
    assertUsage("--expires-in: must be a duration such as", key, "--expires-in=10");
    assertUsage("--expires-in: must be at least 1s, but is 0s", key, "--expires-in=0s");
    assertUsage("--private-key: ", file("public.crt"), "--expires-in=1m");
    assertUsage("--private-key: ", folder.resolve("missing").toString(), "--expires-in=1m");
  }

  private static void assertUsage(String message, String key, String option) {
    Program program = new Program().run("jwt", "create", "--private-key", key, option);

    assertThat(program.errors()).startsWith("tunnel: " + message);
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.output()).isEmpty();
  }
}
