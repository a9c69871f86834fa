package io.github.devicetunnel.it;

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
 * No secret is in what was logged during all tests, at the lowest level, by anybody. Not a test by
 * its name, because it must run after all of them: the build calls it.
 */
final class TraceLogCheck {
  /** As long as that it must be when all tests were run, or it would show little. */
  private static final long LEAST_BYTES = 10 << 20;

  /** Without the programs that are not part of the build, many tests are skipped. */
  private static final long LEAST_BYTES_WITHOUT_EXTERNALS = 1 << 20;

  /** A file for each JVM that ran tests. */
  private static List<Path> logs() throws IOException {
    try (Stream<Path> logs = Files.list(Path.of(System.getProperty("tunnel.trace.logs.written")))) {
      return logs.toList();
    }
  }

  @Test
  void holdsNoSecret() throws IOException {
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

  /** When only some tests were run, there is less, or nothing. */
  @Test
  void isLong() throws IOException {
    String tests = System.getProperty("tunnel.trace.log.tests", "");
    boolean all = tests.isEmpty() || tests.startsWith("$");
    long least =
        Boolean.getBoolean("tunnel.requireExternals") ? LEAST_BYTES : LEAST_BYTES_WITHOUT_EXTERNALS;
    long size = 0;
    for (Path log : logs()) {
      size += Files.size(log);
    }
    assumeTrue(all || size > 0, "the tests that were chosen have logged nothing");
    assertThat(size).isGreaterThan(all ? least : 0);
  }

  /** Or the test above would show nothing. */
  @Test
  void secretsAreFound() {
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
