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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Scenes in which access keys, tokens or token sources are rejected. */
final class RejectedCredentials {
  private static final String APPLICATION = "app1";
  private static final String OTHER_DEVICE = "f".repeat(32);
  private static final TestKeyPair KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);
  private static final TestKeyPair OTHER_KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);

  private RejectedCredentials() {}

  static Map<String, RejectionScene> scenes() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put("an empty access key", f -> failure(() -> Credentials.apiKey("")));
    scenes.put(
        "an access key with a line break", f -> failure(() -> Credentials.apiKey("ak_5ecret\n")));
    scenes.put("an access key with a space", f -> failure(() -> Credentials.apiKey("ak_ 5ecret")));
    scenes.put(
        "a token instead of an access key",
        f -> failure(() -> Credentials.apiKey(Jwts.valid("5ecret"))));
    scenes.put(
        "an access key instead of a token",
        f -> failure(() -> Credentials.jwt(APPLICATION, "ak_5ecret")));
    scenes.put("a truncated token", f -> failure(() -> Credentials.jwt(APPLICATION, "eyJh.e30")));
    scenes.put(
        "an empty application ID", f -> failure(() -> Credentials.jwt("", Jwts.valid("5ecret"))));
    scenes.put(
        "a credential over an unencrypted connection",
        f ->
            failure(
                () ->
                    client("ws://cloud.example", Credentials.apiKey("ak_5ecret")).build().close()));
    scenes.put("an unknown access key", f -> dial(Credentials.apiKey("ak_unknown"), Cloud.DEVICE));
    scenes.put(
        "an access key for another device",
        f -> dial(Credentials.apiKey("ak_narrow"), Cloud.DEVICE));
    scenes.put(
        "an expired token", f -> token("{\"exp\":1640947429,\"pelion.edge.tunnel.port\":80}"));
    scenes.put(
        "a token that is not valid yet", f -> token("{\"exp\":99999999999,\"nbf\":99999999998}"));
    scenes.put("a token without an expiry", f -> token("{\"sub\":\"x\"}"));
    scenes.put("a token with an expiry that is not a number", f -> token("{\"exp\":\"tomorrow\"}"));
    scenes.put(
        "a token for another device", f -> restricted("device_id", "\"" + OTHER_DEVICE + "\""));
    scenes.put("a token for another address", f -> restricted("ip", "\"10.0.0.1\""));
    scenes.put("a token for another port", f -> restricted("port", "22"));
    scenes.put("a token signed with another key", f -> signedBy(OTHER_KEYS, "keys"));
    scenes.put("a token for an unknown application", f -> signedBy(KEYS, "nobody"));
    scenes.putAll(sources());
    return scenes;
  }

  private static Map<String, RejectionScene> sources() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put("a missing token file", f -> from(TokenSources.file(Path.of("/no/file"))));
    scenes.put("an empty token file", f -> from(file(f, "\n")));
    scenes.put("a token file that is too large", f -> from(file(f, "x".repeat(70_000))));
    scenes.put("a token file with two lines", f -> from(file(f, "ak_5ecret\nak_5ecret\n")));
    scenes.put(
        "an unset environment variable", f -> from(TokenSources.environment("NO_SUCH_VARIABLE")));
    scenes.put("a missing token command", f -> from(command("/no/program")));
    scenes.put("a failed token command", f -> from(command("sh", "-c", "echo locked >&2; exit 3")));
    scenes.put(
        "a token command that does not exit",
        f -> from(TokenSources.command(List.of("sleep", "60"), Duration.ofMillis(100))));
    scenes.put(
        "a token source that hangs",
        f -> {
          CountDownLatch never = new CountDownLatch(1);
          return from(
              request -> {
                never.await();
                return "";
              });
        });
    scenes.put("a token source without a token", f -> from(request -> null));
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
