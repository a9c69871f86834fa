package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TokenVerifier;
import io.github.devicetunnel.jwt.TunnelClaims;
import io.github.devicetunnel.jwt.TunnelToken;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.testing.RecordedUpgrade;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks a private key in place of an access key. */
class JwtPrivateKeyTest {
  private static final String APPLICATION = "0172b1ee3fb54a2fb2d4c2a7d8e90001";
  private static final String PASSPHRASE = "correct horse";
  private static final TestKeyPair KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);

  @TempDir Path folder;

  @AutoClose
  private final WebCloud cloud =
      new WebCloud(TunnelService.builder().applicationWithKeys(APPLICATION, KEYS.certificate()));

  @BeforeEach
  void start() throws Exception {
    KEYS.writeTo(folder);
  }

  private String[] arguments(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--listen-uri=:0",
                "--cloud-uri=" + cloud.uri(),
                "--device=" + Program.DEVICE,
                "--service=127.0.0.1:80"));
    args.addAll(Arrays.asList(more));
    return args.toArray(String[]::new);
  }

  private String key() {
    return "--jwt-private-key=" + folder.resolve("private.key");
  }

  /** The service verifies the signature with the certificate. */
  @Test
  void signsTokenForConnection() throws Exception {
    ProcessBuilder builder =
        ProgramCommand.of(
            List.of(arguments(key(), "--jwt-algorithm=ES256", "--application-id=" + APPLICATION)));
    builder.environment().put("TUNNEL_API_KEY", "ak_of_something_else");
    TestProcess process = TestProcess.start(builder);
    try (BufferedReader output = process.inputReader()) {
      fetchThrough(LocalClient.connect(LocalClient.address(output.readLine())));
      process.toHandle().destroy();
      int unused = process.awaitExit();
      assertThat(process.errorReader().lines())
          .allSatisfy(text -> assertThat(text).startsWith("Stopp"));
    } finally {
      process.end();
    }
    assertLimitedToTarget(cloud.service().takeUpgrade(Await.LONG));
  }

  private static void fetchThrough(Socket connection) throws IOException {
    try (connection) {
      LocalClient.fetch(connection, "Connection: close\r\n");
      assertThat(connection.getInputStream().readAllBytes()).isEmpty();
    }
  }

  private static void assertLimitedToTarget(RecordedUpgrade upgrade) throws Exception {
    assertThat(upgrade.isGranted()).isTrue();
    assertThat(upgrade.applicationId()).isEqualTo(APPLICATION);
    TunnelToken token =
        TokenVerifier.of(List.of(VerificationCertificate.of(KEYS.certificate())))
            .verify(upgrade.token());
    assertThat(token.algorithm()).isEqualTo("ES256");
    TunnelClaims claims = token.claims();
    assertThat(claims.deviceId()).isEqualTo(Program.DEVICE);
    assertThat(claims.ip()).isEqualTo("127.0.0.1");
    assertThat(claims.port()).isEqualTo(80);
    assertThat(claims.expiresAt()).isBefore(Instant.now().plusSeconds(62));
  }

  @Test
  void acceptsEncryptedKey() throws Exception {
    String file = "--jwt-private-key=" + encryptedKey();
    Program program =
        new Program()
            .variable("TUNNEL_JWT_PASSPHRASE", PASSPHRASE)
            .variable("TUNNEL_APPLICATION_ID", APPLICATION);
    try (program) {
      program.start(arguments(file));
      fetchThrough(LocalClient.connect(program.awaitListening()));
    }
    assertLimitedToTarget(cloud.service().takeUpgrade(Await.LONG));

    assertThat(create(new Program().variable("TUNNEL_JWT_PASSPHRASE", PASSPHRASE)).exitCode())
        .isEqualTo(0);
    String encrypted = "--private-key: " + encryptedKey() + " is encrypted, but no passphrase";
    assertThat(create(new Program()).errors())
        .startsWith("tunnel: " + encrypted + " is set; set one (TUNNEL_JWT_PASSPHRASE)\n");
  }

  private Program create(Program program) throws Exception {
    return program.run("jwt", "create", "--private-key=" + encryptedKey());
  }

  private Path encryptedKey() throws Exception {
    String algorithm = "PBEWithSHA1AndDESede";
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec(PASSPHRASE.toCharArray())));
    byte[] encrypted = cipher.doFinal(KEYS.privateKey().getEncoded());
    byte[] info = new EncryptedPrivateKeyInfo(cipher.getParameters(), encrypted).getEncoded();
    return Files.writeString(
        folder.resolve("encrypted.key"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(info)
            + "\n-----END ENCRYPTED PRIVATE KEY-----\n");
  }

  @Test
  void reportsMistakesBeforeListening() throws Exception {
    String application = "--application-id=" + APPLICATION;
    Path encrypted = encryptedKey();
    assertRejected(
        "--application-id: is missing, but required by --jwt-private-key; specify it or set"
            + " TUNNEL_APPLICATION_ID\n",
        key());
    assertRejected(
        "--jwt-private-key: cannot be combined with --api-key; remove one of them\n",
        key(),
        "--api-key=ak_x");
    assertRejected(
        "--jwt-private-key: cannot be combined with --api-key-file; remove one of them\n",
        key(),
        "--api-key-file=/nowhere");
    assertRejected(
        "--jwt-algorithm: cannot be used without --jwt-private-key\n", "--jwt-algorithm=ES256");
    assertRejected(
        "--jwt-algorithm: must be one of RS256, RS384, RS512, ES256, ES384, ES512, but is"
            + " \"HS256\"\n",
        key(),
        application,
        "--jwt-algorithm=HS256");
    assertRejected(
        "--jwt-algorithm: RS256 requires an RSA key of at least 2048 bits, but the private key is"
            + " an EC key on P-256; use ES256\n",
        key(),
        application,
        "--jwt-algorithm=RS256");
    assertRejected(
        "--application-id: contains a space or tab at position 2", key(), "--application-id=a b");
    assertRejected(
        "--jwt-private-key: /nowhere: file not found; check the path and its permissions\n",
        "--jwt-private-key=/nowhere",
        application);
    assertRejected(
        "--jwt-private-key: "
            + folder
            + ": the file cannot be read; check the path and its permissions\n",
        "--jwt-private-key=" + folder,
        application);
    assertRejected(
        "--jwt-private-key: "
            + encrypted
            + " is encrypted, but no passphrase is set; set one"
            + " (TUNNEL_JWT_PASSPHRASE)\n",
        "--jwt-private-key=" + encrypted,
        application);
    assertThat(
            new Program()
                .variable("TUNNEL_JWT_PASSPHRASE", "wrong")
                .run(arguments("--jwt-private-key=" + encrypted, application))
                .errors())
        .startsWith(
            "tunnel: --jwt-private-key: "
                + encrypted
                + " cannot be decrypted; check the passphrase"
                + " (TUNNEL_JWT_PASSPHRASE)\n");
    assertThat(cloud.service().requestCount()).isZero();
  }

  private void assertRejected(String message, String... args) {
    Program program = new Program().run(arguments(args));
    assertThat(program.errors()).startsWith("tunnel: " + message);
    assertThat(program.errors().lines()).hasSize(2);
    assertThat(program.exitCode()).isEqualTo(2);
  }

  /** A shell can insert the key: {@code --jwt-private-key="$(cat private.key)"}. */
  @Test
  void hidesKeyGivenInsteadOfFile() throws Exception {
    String pem = Files.readString(folder.resolve("private.key"));
    String secret = pem.lines().skip(1).findFirst().orElseThrow().substring(0, 20);
    for (String option :
        List.of("--jwt-private-key", "--client-cert", "--ca-file", "--device", "--proxy")) {
      Program program = new Program().run(arguments(option + "=" + pem, "--api-key=ak_x"));
      assertThat(program.exitCode()).as(option).isEqualTo(2);
      assertThat(program.errors()).as(option).doesNotContain(secret);
    }
    assertRejected(
        "--jwt-private-key: must be the path of a file, but is the content of one\n",
        "--jwt-private-key=" + pem,
        "--application-id=" + APPLICATION);
    assertThat(new Program().run("jwt", "create", "--private-key", pem).errors())
        .startsWith(
            "tunnel: --private-key: must be the path of a file, but is the content of one\n");
  }
}
