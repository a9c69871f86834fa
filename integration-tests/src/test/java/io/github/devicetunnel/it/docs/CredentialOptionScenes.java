package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.Secrets;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.testing.RecordedUpgrade;
import io.github.devicetunnel.testing.TestKeyPair;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Options that set a credential. */
final class CredentialOptionScenes {
  private static final String APPLICATION = "app1";

  private CredentialOptionScenes() {}

  static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new LinkedHashMap<>();
    scenes.put("--api-key", CredentialOptionScenes::apiKey);
    scenes.put("--api-key-file", CredentialOptionScenes::apiKeyFile);
    scenes.put("--application-id", CredentialOptionScenes::applicationId);
    scenes.put(
        "--jwt-private-key",
        bench -> assertThat(algorithmOfToken(bench, SigningAlgorithm.ES256)).isEqualTo("ES256"));
    scenes.put(
        "--jwt-algorithm",
        bench ->
            assertThat(algorithmOfToken(bench, SigningAlgorithm.RS256, "--jwt-algorithm=RS512"))
                .isEqualTo("RS512"));
    return scenes;
  }

  private static void apiKey(ProgramBench bench) throws Exception {
    ProgramRun.Outcome outcome =
        bench.succeed(
            bench
                .stdio(bench.cloud(), "-api-key", Cloud.KEY)
                .variable("TUNNEL_API_KEY", "ak_wrong"));
    assertThat(outcome.err())
        .isEqualTo(
            "tunnel: warning: --api-key exposes the key to other users of this machine; use"
                + " --api-key-file or TUNNEL_API_KEY\n");
  }

  private static void apiKeyFile(ProgramBench bench) throws Exception {
    Path file = bench.file("key", "ak_of_yesterday\n");
    try (TunnelProgram program = bench.listen("--api-key-file=" + file)) {
      int port = program.awaitPort();
      try (Socket rejected = ProgramBench.connect(port)) {
        ProgramBench.awaitEnd(rejected);
      }
      Files.writeString(file, Cloud.KEY);
      ProgramBench.connected(port).close();
    }
    String check =
        bench
            .program("check", "--api-key-file", "-")
            .input(file)
            .variable("TUNNEL_API_KEY", "")
            .succeed();
    assertThat(check).contains("upgrade     ok");
  }

  private static void applicationId(ProgramBench bench) throws Exception {
    try (ProgramBench appBench =
        new ProgramBench(
            bench.folder(),
            TestingCloud.started(TestingCloud.builder().application(APPLICATION)))) {
      String token = Jwts.valid(Secrets.WORD);
      appBench.succeed(
          appBench
              .stdio(appBench.cloud(), "-application-id=" + APPLICATION)
              .variable("TUNNEL_API_KEY", token));
      assertThat(upgrade(appBench).applicationId()).isEqualTo(APPLICATION);
      assertThat(upgrade(appBench).token()).isEqualTo(token);
    }
  }

  private static String algorithmOfToken(
      ProgramBench bench, SigningAlgorithm algorithm, String... extraOptions) throws Exception {
    TestKeyPair keys = TestKeyPair.generate(algorithm);
    keys.writeTo(bench.folder());
    try (ProgramBench appBench =
        new ProgramBench(
            bench.folder(),
            TestingCloud.started(
                TestingCloud.builder().applicationWithKeys(APPLICATION, keys.certificate())))) {
      String[] options = new String[extraOptions.length + 2];
      options[0] = "--jwt-private-key=" + bench.folder().resolve("private.key");
      options[1] = "--application-id=" + APPLICATION;
      System.arraycopy(extraOptions, 0, options, 2, extraOptions.length);
      appBench.succeed(appBench.stdio(appBench.cloud(), options).variable("TUNNEL_API_KEY", ""));
      String[] parts = upgrade(appBench).token().split("\\.", -1);
      assertThat(decoded(parts[1])).contains(Cloud.DEVICE, "127.0.0.1", "80");
      return decoded(parts[0]).replaceFirst(".*\"alg\":\"(\\w+)\".*", "$1");
    }
  }

  private static RecordedUpgrade upgrade(ProgramBench bench) {
    return bench.cloud().service().upgrades().get(0);
  }

  private static String decoded(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }
}
