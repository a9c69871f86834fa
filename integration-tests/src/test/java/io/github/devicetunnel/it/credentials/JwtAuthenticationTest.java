package io.github.devicetunnel.it.credentials;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.jwt.JwtCredentials;
import io.github.devicetunnel.jwt.PrivateKeys;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TokenSigner;
import io.github.devicetunnel.jwt.TunnelClaim;
import io.github.devicetunnel.jwt.TunnelClaims;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.jwt.VerificationKeys;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tunnels that authenticate with a JWT, and tokens that the client or the cloud rejects. */
final class JwtAuthenticationTest {
  private static final String APPLICATION = "0172b1ee3fb54a2fb2d4c2a7d8e90001";
  private static final String ADMINISTRATOR = "ak_administrator";
  private static final String OTHER_DEVICE = "f".repeat(32);
  private static final TestKeyPair KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;
  private EchoService echo;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    echo = EchoService.started();
    cloud =
        TunnelService.builder()
            .administratorKey(ADMINISTRATOR)
            .applicationWithKeys(APPLICATION)
            .applicationWithKeys("known", KEYS.certificate())
            .route(Cloud.DEVICE, "127.0.0.1:80", echo.address())
            .route(Cloud.DEVICE, "127.0.0.1:81", echo.address())
            .route(Cloud.DEVICE, "127.0.0.2:80", echo.address())
            .route(Cloud.DEVICE, "localhost:80", echo.address())
            .route(Cloud.DEVICE, "[::1]:80", echo.address())
            .route(OTHER_DEVICE, "127.0.0.1:80", echo.address())
            .build()
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    cloud.close();
    echo.close();
  }

  private VerificationKeys verificationKeys() {
    return VerificationKeys.builder().cloudUri(cloud.uri()).apiKey(ADMINISTRATOR).build();
  }

  private void echo(Credentials credentials, String device, String address) throws IOException {
    try (TunnelClient client =
            TunnelClient.builder()
                .cloudUri(cloud.uri())
                .credentials(credentials)
                .deviceId(device)
                .serviceAddress(address)
                .build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write("hello".getBytes(US_ASCII));
      assertThat(stream.inputStream().readNBytes(5)).asString(US_ASCII).isEqualTo("hello");
    }
  }

  /**
   * Asserts that the cloud rejects a token. The request bypasses the client's own check of the
   * claims.
   */
  private void assertRejected(
      String token, String device, String address, int status, String message) throws IOException {
    String url =
        cloud.uri().replace("ws:", "http:")
            + "/v3/devices/"
            + device
            + "/services/"
            + address
            + "/connection";
    Request upgrade =
        new Request.Builder()
            .url(url)
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("Authorization", "Bearer " + token)
            .header("X-Application-ID", "known")
            .build();
    OkHttpClient http = new OkHttpClient();
    try (Response answer = http.newCall(upgrade).execute()) {
      assertThat(answer.code()).isEqualTo(status);
      assertThat(answer.body().string().replace("\\\"", "\"")).contains(message);
    } finally {
      http.connectionPool().evictAll();
    }
  }

  /** Asserts that the client rejects a token without contacting the cloud. */
  private void assertNotSent(String token, String device, String address, TunnelClaim claim) {
    assertThatThrownBy(() -> echo(jwt(token), device, address))
        .isInstanceOfSatisfying(
            TunnelException.class,
            e -> assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.TOKEN_REFUSED))
        .hasMessageContaining(claim.claimName());
  }

  private static String signed(TunnelClaims claims) throws Exception {
    return TokenSigner.of(KEYS.privateKey()).sign(claims);
  }

  private static TunnelClaims oneHour() {
    return TunnelClaims.expiring(Instant.now().plusSeconds(3600));
  }

  /** Uses the commands of the service's documentation. */
  @Test
  void uploadedVerificationKeyOpensTunnels() throws Exception {
    ProgramRun.in(
            folder,
            Externals.program("openssl"),
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "private.key",
            "-x509",
            "-days",
            "365",
            "-out",
            "public.crt",
            "-subj",
            "/CN=tunnels")
        .succeed();
    Path key = folder.resolve("private.key");
    Credentials credentials =
        JwtCredentials.builder().applicationId(APPLICATION).privateKey(key).build();
    assertThatThrownBy(() -> echo(credentials, Cloud.DEVICE, "127.0.0.1:80"))
        .isInstanceOfSatisfying(
            TunnelRejectedException.class, e -> assertThat(e.statusCode()).isEqualTo(401))
        .hasMessageContaining("verification key");

    verificationKeys()
        .upload(
            APPLICATION,
            "JWT-test",
            VerificationCertificate.read(folder.resolve("public.crt")),
            PrivateKeys.read(key));

    echo(credentials, Cloud.DEVICE, "127.0.0.1:80");
    echo(credentials, Cloud.DEVICE, "[::1]:80");
    echo(credentials, OTHER_DEVICE, "127.0.0.1:80");
    echo(credentials, Cloud.DEVICE, "localhost:80");
    cloud.verify();
  }

  @ParameterizedTest
  @EnumSource
  void everyAlgorithmOpensTunnel(SigningAlgorithm algorithm) throws Exception {
    TestKeyPair keys = TestKeyPair.generate(algorithm);
    verificationKeys().upload(APPLICATION, "test", VerificationCertificate.of(keys.certificate()));

    echo(
        JwtCredentials.builder()
            .applicationId(APPLICATION)
            .privateKey(keys.privateKey())
            .algorithm(algorithm)
            .build(),
        Cloud.DEVICE,
        "127.0.0.1:80");
  }

  @Test
  void restrictedTokenOpensOnlyMatchingTarget() throws Exception {
    String exact = signed(oneHour().withDeviceId(Cloud.DEVICE).withServiceAddress("127.0.0.1:80"));

    echo(jwt(exact), Cloud.DEVICE, "127.0.0.1:80");
    assertRejected(exact, OTHER_DEVICE, "127.0.0.1:80", 403, TunnelClaim.DEVICE_ID.claimName());
    assertRejected(exact, Cloud.DEVICE, "127.0.0.2:80", 403, TunnelClaim.IP.claimName());
    assertRejected(exact, Cloud.DEVICE, "127.0.0.1:81", 403, TunnelClaim.PORT.claimName());
  }

  @ParameterizedTest
  @EnumSource
  void eachClaimRestrictsIndependently(TunnelClaim claim) throws Exception {
    String token =
        signed(
            oneHour()
                .withDeviceId(Cloud.DEVICE)
                .withServiceAddress("127.0.0.1:80")
                .restrictedTo(java.util.Set.of(claim)));

    echo(jwt(token), Cloud.DEVICE, "127.0.0.1:80");
    for (TunnelClaim other : TunnelClaim.values()) {
      String device = other == TunnelClaim.DEVICE_ID ? OTHER_DEVICE : Cloud.DEVICE;
      String address =
          (other == TunnelClaim.IP ? "127.0.0.2:" : "127.0.0.1:")
              + (other == TunnelClaim.PORT && claim == other ? 81 : 80);
      if (other == claim) {
        assertRejected(token, device, address, 403, claim.claimName());
        assertNotSent(token, device, address, claim);
      } else {
        echo(jwt(token), device, address);
      }
    }
  }

  @Test
  void rejectsInvalidTokens() throws Exception {
    Instant past = Instant.now().minusSeconds(1);
    assertRejected(signed(TunnelClaims.expiring(past)), 401, "the token expired at");

    TestKeyPair other = TestKeyPair.generate(SigningAlgorithm.ES256);
    assertRejected(TokenSigner.of(other.privateKey()).sign(oneHour()), 401, "is not signed with");

    String good = signed(oneHour());
    String forged = part("{\"exp\":9999999999}");
    assertRejected(good.replaceFirst("\\..*\\.", "." + forged + "."), 401, "is not signed with");

    String hs256 = part("{\"alg\":\"HS256\"}") + "." + forged + "." + part("signature");
    assertRejected(hs256, 401, "is signed with \"HS256\", but must be signed with one of");
    String none = part("{\"alg\":\"none\"}") + "." + forged + ".";
    assertRejected(none, 401, "the token is not a signed JWT");
    assertRejected("ak_1", 401, "the token is not a signed JWT");
  }

  private static Credentials jwt(String token) {
    return Credentials.jwt("known", token);
  }

  private static String part(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(US_ASCII));
  }

  private void assertRejected(String token, int status, String message) throws IOException {
    assertRejected(token, Cloud.DEVICE, "127.0.0.1:80", status, message);
  }
}
