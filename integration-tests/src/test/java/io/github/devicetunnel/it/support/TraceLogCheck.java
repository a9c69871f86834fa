package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.testing.TestKeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.Credentials;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;

/**
 * Checks that no secret was logged during all tests, at the lowest level. The name does not match
 * the pattern of tests, because the build runs this class after all tests.
 */
final class TraceLogCheck {
  /** Minimum size of the logs of all tests; shorter logs would prove little. */
  private static final long MIN_BYTES = 10 << 20;

  /** Many tests are skipped without the external programs. */
  private static final long MIN_BYTES_WITHOUT_EXTERNALS = 1 << 20;

  /** Returns the log files, one for each JVM that ran tests. */
  private static List<Path> logs() throws IOException {
    try (Stream<Path> logs = Files.list(Path.of(System.getProperty("tunnel.trace.logs.written")))) {
      return logs.toList();
    }
  }

  @Test
  void logsContainNoSecrets() throws IOException {
    for (Path log : logs()) {
      try (Stream<String> lines = Files.lines(log, UTF_8)) {
        List<String> found =
            lines
                .filter(line -> Secrets.findIn(line).isPresent())
                .map(line -> Secrets.findIn(line).orElseThrow() + " in: " + line)
                .limit(10)
                .toList();
        assertThat(found).as("secrets in %s", log).isEmpty();
      }
    }
  }

  /** If only some tests ran, the logs are shorter or empty. */
  @Test
  void logsAreComplete() throws IOException {
    String tests = System.getProperty("tunnel.trace.log.tests", "");
    boolean all = tests.isEmpty() || tests.startsWith("$");
    long minimum =
        Boolean.getBoolean("tunnel.requireExternals") ? MIN_BYTES : MIN_BYTES_WITHOUT_EXTERNALS;
    long size = 0;
    for (Path log : logs()) {
      size += Files.size(log);
    }
    assumeTrue(all || size > 0, "the selected tests have logged nothing");
    assertThat(size).isGreaterThan(all ? minimum : 0);
  }

  /** Proves that {@link #logsContainNoSecrets} can fail. */
  @Test
  void findsSecretsOfEveryForm() {
    assertFound(Cloud.KEY);
    assertFound(Jwts.valid("x"));
    assertFound("Proxy-" + "Authorization: x");
    assertFound(Credentials.basic("user", ProxyProgram.PASSWORD));
    assertFound(ProxyProgram.PASSWORD);
    for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
      byte[] key = TestKeyPair.generate(algorithm).privateKey().getEncoded();
      assertFound(Base64.getEncoder().encodeToString(key));
    }
    assertFound(new HeldCertificate.Builder().rsa2048().build().privateKeyPkcs1Pem());
    assertThat(Secrets.findIn("an access key (ak_...), a JWT (eyJ…)")).isEmpty();
  }

  private static void assertFound(String secret) {
    assertThat(Secrets.findIn("before " + secret + " after")).as(secret).isPresent();
  }
}
