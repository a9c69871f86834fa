package io.github.devicetunnel.it.docs;

import static io.github.devicetunnel.it.docs.RejectionScene.failure;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TokenSources;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.jwt.JwtCredentials;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Scenes in which access keys, tokens or token sources are rejected. */
final class RejectedCredentials {
  private static final String APPLICATION = "app1";
  private static final String OTHER_DEVICE = "f".repeat(32);
  private static final TestKeyPair KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);
  private static final TestKeyPair OTHER_KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);
  private static final String OPEN = "cannot open a tunnel to {device}/127.0.0.1:80: ";
  private static final String REJECTED = "the cloud rejected the tunnel to {device}/127.0.0.1:80: ";

  private RejectedCredentials() {}

  static RejectionScenes scenes() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "an empty access key",
        "apiKey is empty; copy it again",
        f -> failure(() -> Credentials.apiKey("")));
    scenes.add(
        "an access key with a line break",
        "apiKey contains a line break at position 10 of 10; copy it again",
        f -> failure(() -> Credentials.apiKey("ak_5ecret\n")));
    scenes.add(
        "an access key with a space",
        "apiKey contains a space or tab at position 4 of 10; copy it again",
        f -> failure(() -> Credentials.apiKey("ak_ 5ecret")));
    scenes.add(
        "a token instead of an access key",
        "apiKey is a JWT, which requires an application ID; use Credentials.jwt(applicationId,"
            + " token)",
        f -> failure(() -> Credentials.apiKey(Jwts.valid("5ecret"))));
    scenes.add(
        "an access key instead of a token",
        "token is an access key (ak_...), which is sent without an application ID; use"
            + " Credentials.apiKey(key)",
        f -> failure(() -> Credentials.jwt(APPLICATION, "ak_5ecret")));
    scenes.add(
        "a truncated token",
        "token is not a JWT (three base64url parts separated by dots, the second a JSON object);"
            + " copy the whole token again",
        f -> failure(() -> Credentials.jwt(APPLICATION, "eyJh.e30")));
    scenes.add(
        "an empty application ID",
        "applicationId is empty; copy it again",
        f -> failure(() -> Credentials.jwt("", Jwts.valid("5ecret"))));
    scenes.add(
        "a credential over an unencrypted connection",
        "cloudUri ws://cloud.example/ would send the credential unencrypted to another machine;"
            + " use wss, or set allowPlaintext(true)",
        f ->
            failure(
                () ->
                    client("ws://cloud.example", Credentials.apiKey("ak_5ecret")).build().close()));
    scenes.add(
        "an unknown access key",
        REJECTED
            + "401 unauthorized, The access key is not known; check the access key, or the"
            + " token, its expiry and the application ID (request {request})",
        f -> dial(Credentials.apiKey("ak_unknown"), Cloud.DEVICE));
    scenes.add(
        "an access key for another device",
        REJECTED
            + "403 forbidden, The access key has no access to this device; the credential is"
            + " valid, but not for this device or service (request {request})",
        f -> dial(Credentials.apiKey("ak_narrow"), Cloud.DEVICE));
    scenes.add(
        "an expired token",
        OPEN
            + "the token has expired: its claim exp is 1640947429 (2021-12-31T10:43:49Z), the"
            + " current time is {seconds} ({time}); request a new token",
        f -> token("{\"exp\":1640947429,\"pelion.edge.tunnel.port\":80}"));
    scenes.add(
        "a token that is not valid yet",
        OPEN
            + "the token is not valid yet: its claim nbf is 99999999998 (5138-11-16T09:46:38Z),"
            + " the current time is {seconds} ({time}); check the clock of this machine",
        f -> token("{\"exp\":99999999999,\"nbf\":99999999998}"));
    scenes.add(
        "a token without an expiry",
        OPEN
            + "the token has no claim exp, which the cloud requires; request a token with an"
            + " expiry",
        f -> token("{\"sub\":\"x\"}"));
    scenes.add(
        "a token with an expiry that is not a number",
        OPEN
            + "the token has a claim exp that is not a number of seconds: tomorrow; request a"
            + " new token",
        f -> token("{\"exp\":\"tomorrow\"}"));
    scenes.add(
        "a token for another device",
        OPEN
            + "the token was issued for device {device} (claim pelion.edge.tunnel.device_id),"
            + " but the tunnel targets device {device}; request a token for this target",
        f -> restricted("device_id", "\"" + OTHER_DEVICE + "\""));
    scenes.add(
        "a token for another address",
        OPEN
            + "the token was issued for address 10.0.0.1 (claim pelion.edge.tunnel.ip), but the"
            + " tunnel targets address 127.0.0.1; request a token for this target",
        f -> restricted("ip", "\"10.0.0.1\""));
    scenes.add(
        "a token for another port",
        OPEN
            + "the token was issued for port 22 (claim pelion.edge.tunnel.port), but the tunnel"
            + " targets port 80; request a token for this target",
        f -> restricted("port", "22"));
    scenes.add(
        "a token signed with another key",
        REJECTED
            + "401 unauthorized, Not authenticated: the token is not signed with a verification"
            + " key of the application; check the access key, or the token, its expiry and the"
            + " application ID (request {request})",
        f -> signedBy(OTHER_KEYS, "keys"));
    scenes.add(
        "a token for an unknown application",
        REJECTED
            + "401 unauthorized, The application is not known; check the access key, or the"
            + " token, its expiry and the application ID (request {request})",
        f -> signedBy(KEYS, "nobody"));
    scenes.addAll(sources());
    return scenes;
  }

  private static RejectionScenes sources() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "a missing token file",
        OPEN + "the token file {file} does not exist; write the token to it",
        f -> from(TokenSources.file(Path.of("/no/file"))));
    scenes.add(
        "an empty token file",
        OPEN + "the token file {file} is empty; it must contain the token",
        f -> from(file(f, "\n")));
    scenes.add(
        "a token file that is too large",
        OPEN + "the token file {file} is longer than 64 KiB; check that it contains only the token",
        f -> from(file(f, "x".repeat(70_000))));
    scenes.add(
        "a token file with two lines",
        OPEN + "the access key contains a line break at position 10 of 19; copy it again",
        f -> from(file(f, "ak_5ecret\nak_5ecret\n")));
    scenes.add(
        "an unset environment variable",
        OPEN + "the environment variable NO_SUCH_VARIABLE is not set; set it to the token",
        f -> from(TokenSources.environment("NO_SUCH_VARIABLE")));
    scenes.add(
        "a missing token command",
        OPEN
            + "the token command {file} cannot be started: {reason}; check its path and"
            + " permissions",
        f -> from(command("/no/program")));
    scenes.add(
        "a failed token command",
        OPEN
            + "the token command sh exited with code 3: locked; run it in a terminal to find the"
            + " cause",
        f -> from(command("sh", "-c", "echo locked >&2; exit 3")));
    scenes.add(
        "a token command that does not exit",
        OPEN
            + "the token command sleep did not exit within 0.1 s; run it in a terminal to find"
            + " the cause",
        f -> from(TokenSources.command(List.of("sleep", "60"), Duration.ofMillis(100))));
    scenes.add(
        "a token source that hangs",
        OPEN
            + "the token source returned no token within 2 s; make it faster or raise the"
            + " connect timeout",
        f -> {
          CountDownLatch never = new CountDownLatch(1);
          return from(
              request -> {
                never.await();
                return "";
              });
        });
    scenes.add(
        "a token source without a token",
        OPEN + "the token source returned null; return a token or throw an exception",
        f -> from(request -> null));
    return scenes;
  }

  private static TokenSource file(Path folder, String content) throws Exception {
    return TokenSources.file(Files.writeString(folder.resolve("token"), content));
  }

  private static TokenSource command(String... words) {
    return TokenSources.command(List.of(words), Duration.ofSeconds(20));
  }

  private static TunnelClient.Builder client(String uri, Credentials credentials) {
    return TunnelClient.builder()
        .cloudUri(uri)
        .credentials(credentials)
        .deviceId(Cloud.DEVICE)
        .serviceAddress("127.0.0.1:80");
  }

  private static String restricted(String claim, String value) {
    return token("{\"exp\":99999999999,\"pelion.edge.tunnel." + claim + "\":" + value + "}");
  }

  /** Fails before any request to the cloud. */
  private static String token(String claims) {
    Credentials credentials = Credentials.jwt(APPLICATION, Jwts.of(claims, "5ecret"));
    try (TunnelClient client = client("ws://127.0.0.1:1", credentials).build()) {
      return failure(client::open);
    }
  }

  /** Fails before any request to the cloud. */
  private static String from(TokenSource source) {
    TunnelClient.Builder builder = client("ws://127.0.0.1:1", Credentials.apiKey(source));
    try (TunnelClient client = builder.connectTimeout(Duration.ofSeconds(2)).build()) {
      return failure(client::open);
    }
  }

  private static String signedBy(TestKeyPair keys, String application) throws Exception {
    return dial(
        JwtCredentials.builder().applicationId(application).privateKey(keys.privateKey()).build(),
        Cloud.DEVICE);
  }

  private static String dial(Credentials credentials, String device) throws Exception {
    TunnelService.Builder service =
        TunnelService.builder()
            .apiKey("ak_narrow", OTHER_DEVICE)
            .applicationWithKeys("keys", KEYS.certificate())
            .device(Cloud.DEVICE);
    try (TunnelService cloud = service.build().start();
        TunnelClient client = client(cloud.uri(), credentials).deviceId(device).build()) {
      return failure(client::open);
    }
  }
}
