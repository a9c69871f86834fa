package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TokenSigner;
import io.github.devicetunnel.jwt.TokenVerifier;
import io.github.devicetunnel.jwt.TunnelClaims;
import io.github.devicetunnel.jwt.TunnelToken;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.testing.TestKeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens of this library with the npm package jose, and tokens of jose with this library. */
final class JoseTest {
  private static final Path PROGRAMS =
      Path.of(System.getProperty("basedir", "."), "src", "test", "node").toAbsolutePath();
  private final long expiry = Instant.now().getEpochSecond() + 3600;

  @TempDir Path folder;

  private String jose(String command, SigningAlgorithm algorithm, String file, String input)
      throws Exception {
    Path modules = PROGRAMS.resolve("node_modules/jose");
    Externals.need(Files.isDirectory(modules), "npm ci has not run in " + PROGRAMS);
    return ProgramRun.in(
            folder,
            Externals.program("node"),
            PROGRAMS.resolve("jose.mjs").toString(),
            command,
            algorithm.name(),
            folder.resolve(file).toString())
        .input(Files.writeString(folder.resolve("input"), input))
        .succeed()
        .strip();
  }

  @ParameterizedTest
  @EnumSource
  void joseAcceptsTokensOfLibrary(SigningAlgorithm algorithm) throws Exception {
    TestKeyPair keys = TestKeyPair.generate(algorithm);
    keys.writeTo(folder);
    String token =
        TokenSigner.of(keys.privateKey(), algorithm)
            .sign(
                TunnelClaims.expiring(Instant.ofEpochSecond(expiry))
                    .withDeviceId(Cloud.DEVICE)
                    .withServiceAddress("127.0.0.1:80"));

    JsonNode claims = new ObjectMapper().readTree(jose("verify", algorithm, "public.crt", token));

    assertThat(claims.get("exp").longValue()).isEqualTo(expiry);
    assertThat(claims.get("pelion.edge.tunnel.device_id").textValue()).isEqualTo(Cloud.DEVICE);
    assertThat(claims.get("pelion.edge.tunnel.ip").textValue()).isEqualTo("127.0.0.1");
    assertThat(claims.get("pelion.edge.tunnel.port").isInt()).isTrue();
    assertThat(claims).hasSize(4);
  }

  @ParameterizedTest
  @EnumSource
  void libraryAcceptsTokensOfJose(SigningAlgorithm algorithm) throws Exception {
    TestKeyPair keys = TestKeyPair.generate(algorithm);
    keys.writeTo(folder);

    String token =
        jose(
            "sign",
            algorithm,
            "private.key",
            "{\"exp\":" + expiry + ",\"pelion.edge.tunnel.port\":80}");

    assertThat(
            TokenVerifier.of(List.of(VerificationCertificate.of(keys.certificate()))).verify(token))
        .isEqualTo(
            new TunnelToken(
                algorithm.name(), new TunnelClaims(Instant.ofEpochSecond(expiry), null, null, 80)));
  }
}
