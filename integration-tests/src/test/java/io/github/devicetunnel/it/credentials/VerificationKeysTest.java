package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.jwt.VerificationKeyRejectedException;
import io.github.devicetunnel.jwt.VerificationKeys;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests uploads of certificates that the client or the cloud rejects. */
final class VerificationKeysTest {
  private static final String KEY = "ak_administrator";
  private static final TestKeyPair PAIR = TestKeyPair.generate(SigningAlgorithm.ES256);
  private static final VerificationCertificate CERTIFICATE =
      VerificationCertificate.of(PAIR.certificate());

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static void upload(String uri, String key, String application) throws IOException {
    VerificationKeys.builder()
        .cloudUri(uri)
        .apiKey(key)
        .build()
        .upload(application, "test", CERTIFICATE);
  }

  private static void assertRejected(
      String uri, String key, String application, int status, String... words) {
    assertThatThrownBy(() -> upload(uri, key, application))
        .isInstanceOfSatisfying(
            VerificationKeyRejectedException.class,
            e -> assertThat(e.statusCode()).isEqualTo(status))
        .message()
        .startsWith("the cloud rejected the verification key for application " + application + ": ")
        .contains(words)
        .doesNotContain(key)
        .doesNotContain("\n");
  }

  @Test
  void testServiceRejectsUploads() throws Exception {
    try (TunnelService cloud =
        TunnelService.builder()
            .administratorKey(KEY)
            .apiKey("ak_test")
            .applicationWithKeys("app")
            .build()
            .start()) {
      upload(cloud.uri(), KEY, "app");
      upload(
          cloud.uri() + "/v3/devices/" + Cloud.DEVICE + "/services/127.0.0.1:80/connection",
          KEY,
          "app");
      assertRejected(cloud.uri(), "ak_test", "app", 401, "unauthorized", "; check the access key");
      assertRejected(cloud.uri(), KEY, "other", 404, "not_found", "; check the application ID");
      assertThat(cloud.upgrades()).isEmpty();
    }
  }

  @Test
  void reportsErrorOfService() throws Exception {
    String body =
        "{\"object\":\"error\",\"code\":400,\"type\":\"validation_error\",\"message\":\"Bad\","
            + "\"request_id\":\"0123\","
            + "\"fields\":[{\"name\":\"certificate\",\"message\":\"weak\"}]}";
    try (ScriptedCloud cloud = ScriptedCloud.answering("HTTP/1.1 400 Bad Request", body)) {
      assertThatThrownBy(() -> upload(cloud.uri(), KEY, "app"))
          .isInstanceOfSatisfying(
              VerificationKeyRejectedException.class,
              e -> {
                assertThat(e.errorType()).isEqualTo("validation_error");
                assertThat(e.serviceMessage()).isEqualTo("Bad (certificate: weak)");
                assertThat(e.requestId()).isEqualTo("0123");
              })
          .hasMessage(
              "the cloud rejected the verification key for application app: 400 validation_error,"
                  + " Bad (certificate: weak); check the name and the certificate (request 0123)");
    }
  }

  @Test
  void reportsTitleOfHtmlPage() throws Exception {
    String page = "<html><head><title>502 Bad\nGateway</title></head>" + "x".repeat(1 << 20);
    try (ScriptedCloud cloud = ScriptedCloud.answering("HTTP/1.1 502 Bad Gateway", page)) {
      assertRejected(cloud.uri(), KEY, "app", 502, "502, Bad Gateway");
    }
  }

  @Test
  void doesNotFollowRedirects() throws Exception {
    try (ScriptedCloud other = ScriptedCloud.answering("HTTP/1.1 200 OK", "{}");
        ScriptedCloud cloud =
            ScriptedCloud.answering(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                    + other.uri().replace("ws:", "http:")
                    + "/",
                "")) {
      assertRejected(cloud.uri(), KEY, "app", 307, "redirects are not followed");
      assertThat(other.requests()).isZero();
    }
  }

  @Test
  void acceptsAnyPositiveTimeout() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VerificationKeys.builder().timeout(Duration.ofSeconds(Long.MIN_VALUE)))
        .withMessageStartingWith("timeout must be positive, but is ");
    VerificationKeys.Builder builder = VerificationKeys.builder().apiKey(KEY);
    try (ScriptedCloud cloud = ScriptedCloud.answering("HTTP/1.1 200 OK", "{}")) {
      builder
          .cloudUri(cloud.uri())
          .timeout(ChronoUnit.FOREVER.getDuration())
          .build()
          .upload("app", "test", CERTIFICATE);
    }
    try (ScriptedCloud silent = ScriptedCloud.started(RawConnection::awaitEnd)) {
      VerificationKeys keys = builder.cloudUri(silent.uri()).timeout(Duration.ofNanos(1)).build();
      assertThatThrownBy(() -> keys.upload("app", "test", CERTIFICATE))
          .isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void failsIfCloudDoesNotAnswer() throws Exception {
    try (ScriptedCloud silent = ScriptedCloud.started(RawConnection::awaitEnd)) {
      VerificationKeys keys =
          VerificationKeys.builder()
              .cloudUri(silent.uri())
              .apiKey(KEY)
              .timeout(Duration.ofMillis(200))
              .build();
      assertThatThrownBy(() -> keys.upload("app", "test", CERTIFICATE))
          .isInstanceOf(InterruptedIOException.class);
    }
    try (ClosedPort closedPort = new ClosedPort()) {
      String uri = "ws://" + closedPort.serviceAddress();
      assertThatThrownBy(() -> upload(uri, KEY, "app"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("no answer from http://" + closedPort.serviceAddress() + "/: ");
    }
  }

  @Test
  void doesNotSendUnusableCertificates() throws Exception {
    VerificationKeys keys =
        VerificationKeys.builder().cloudUri("wss://cloud.invalid").apiKey(KEY).build();
    TestKeyPair other = TestKeyPair.generate(SigningAlgorithm.ES256);
    assertThatThrownBy(() -> keys.upload("app", "test", CERTIFICATE, other.privateKey()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("certificate does not match privateKey");

    Instant yesterday = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 86_400);
    TestKeyPair old = TestKeyPair.generate(SigningAlgorithm.ES256, yesterday);
    assertThatThrownBy(
            () -> keys.upload("app", "test", VerificationCertificate.of(old.certificate())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "certificate has expired: it was valid until " + yesterday + "; create a new one");

    TestKeyPair young =
        TestKeyPair.generate(SigningAlgorithm.ES256, Instant.now().plus(Duration.ofDays(9)));
    assertThatThrownBy(
            () -> keys.upload("app", "test", VerificationCertificate.of(young.certificate())))
        .hasMessageStartingWith("certificate is not valid before ");

    assertThatThrownBy(() -> keys.upload("..", "test", CERTIFICATE))
        .hasMessage("applicationId must be letters and digits, but is \"..\"");
    assertThatThrownBy(() -> keys.upload("app", " ", CERTIFICATE)).hasMessage("name is blank");
  }

  @Test
  void readsCertificatesFromPem() throws Exception {
    PAIR.writeTo(folder);
    Path certificate = folder.resolve("public.crt");
    Path key = folder.resolve("private.key");
    assertThat(VerificationCertificate.read(certificate).belongsTo(PAIR.privateKey())).isTrue();

    String both = Files.readString(key) + "words\n" + Files.readString(certificate);
    assertThat(VerificationCertificate.parse(both).pem())
        .isEqualTo(Files.readString(certificate))
        .doesNotContain("PRIVATE");

    assertThatThrownBy(() -> VerificationCertificate.read(key))
        .hasMessage(
            key
                + ": certificate must be a single PEM certificate, but 0 were found; use another"
                + " file");
    String twice = CERTIFICATE.pem() + CERTIFICATE.pem();
    assertThatThrownBy(() -> VerificationCertificate.parse(twice))
        .hasMessageContaining("but 2 were found;");
    String damaged = CERTIFICATE.pem().replaceFirst("MII", "AII");
    assertThatThrownBy(() -> VerificationCertificate.parse(damaged))
        .hasMessage("certificate is damaged; copy it again");
  }

  @Test
  void rejectsCertificatesOfUnsupportedKeys() throws Exception {
    assertRejected("rsa:1024", "an RSA key of 1024 bits");
    assertRejected("ed25519", "a key of the type EdDSA");
    assertRejected("ec -pkeyopt ec_paramgen_curve:secp224r1", "an EC key on another curve");
  }

  private void assertRejected(String newKey, String kind) throws Exception {
    String command =
        Externals.program("openssl")
            + " req -x509 -nodes -days 2 -subj /CN=test -keyout k.pem -out c.pem -newkey "
            + newKey;
    ProgramRun.in(folder, command.split(" ", -1)).succeed();
    assertThatThrownBy(() -> VerificationCertificate.read(folder.resolve("c.pem")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            "the key of the certificate must be RSA of at least 2048 bits, or EC on P-256, P-384 or"
                + " P-521, but is "
                + kind);
  }

  @Test
  void reportsInvalidSettings() {
    VerificationKeys.Builder builder = VerificationKeys.builder();
    assertThatThrownBy(builder::build).hasMessage("cloudUri is missing");
    assertThatThrownBy(() -> builder.cloudUri("ftp://cloud"))
        .hasMessageContaining("\"ftp://cloud\" has the scheme ftp");
    assertThatThrownBy(() -> builder.cloudUri("wss://user:secret@cloud"))
        .hasMessageContaining("contains a user name or password")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> builder.cloudUri("ws://cloud.example").build())
        .hasMessage("apiKey is missing");
    assertThatThrownBy(() -> builder.apiKey("ak secret"))
        .hasMessageStartingWith("apiKey contains a space or tab")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> builder.apiKey(KEY).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would send the access key unencrypted to another machine")
        .hasMessageNotContaining(KEY);
    assertThat(builder.allowPlaintext(true).build())
        .hasToString("VerificationKeys[http://cloud.example/]");
  }
}
