package io.github.devicetunnel.it.docs;

import static io.github.devicetunnel.it.docs.RejectionScene.failure;

import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.jwt.JwtCredentials;
import io.github.devicetunnel.jwt.PrivateKeys;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.VerificationCertificate;
import io.github.devicetunnel.jwt.VerificationKeys;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import okhttp3.tls.HeldCertificate;

/** Scenes in which private keys or certificates are rejected. */
final class RejectedKeyFiles {
  private static final TestKeyPair KEYS = TestKeyPair.generate(SigningAlgorithm.ES256);
  private static final HeldCertificate CLIENT = new HeldCertificate.Builder().build();
  private static final HeldCertificate OTHER = new HeldCertificate.Builder().build();

  private RejectedKeyFiles() {}

  static Map<String, RejectionScene> scenes() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.putAll(signingKeys());
    scenes.putAll(uploads());
    scenes.putAll(clientCertificates());
    return scenes;
  }

  private static Map<String, RejectionScene> signingKeys() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put(
        "an encrypted key without a passphrase",
        f -> failure(() -> PrivateKeys.read(encryptedKey(f))));
    scenes.put(
        "a wrong passphrase",
        f -> failure(() -> PrivateKeys.read(encryptedKey(f), "wrong"::toCharArray)));
    scenes.put(
        "a certificate instead of the private key",
        f -> failure(() -> PrivateKeys.read(pair(f).resolve("public.crt"))));
    scenes.put(
        "a file that is not in PEM format",
        f -> failure(() -> PrivateKeys.read(Files.writeString(f.resolve("x"), "5ecret"))));
    scenes.put(
        "a truncated private key",
        f ->
            failure(
                () ->
                    PrivateKeys.read(
                        Files.writeString(
                            f.resolve("cut.pem"),
                            Files.readString(pair(f).resolve("private.key")).substring(0, 90)))));
    scenes.put("a private key that is too short", f -> failure(() -> shortKey()));
    scenes.put(
        "an algorithm that does not match the key",
        f ->
            failure(
                () ->
                    JwtCredentials.builder()
                        .applicationId("app")
                        .privateKey(KEYS.privateKey())
                        .algorithm(SigningAlgorithm.RS256)
                        .build()));
    scenes.put("an unsupported algorithm", f -> failure(() -> SigningAlgorithm.of("HS256")));
    return scenes;
  }

  private static void shortKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    JwtCredentials.builder()
        .applicationId("app")
        .privateKey(generator.generateKeyPair().getPrivate())
        .build();
  }

  private static Map<String, RejectionScene> uploads() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put("an upload without an administrator key", f -> upload("ak_x", "app", KEYS));
    scenes.put("an upload to an unknown application", f -> upload("ak_admin", "other", KEYS));
    scenes.put(
        "an upload of an expired certificate",
        f ->
            upload(
                "ak_admin",
                "app",
                TestKeyPair.generate(SigningAlgorithm.ES256, Instant.now().minusSeconds(9))));
    scenes.put(
        "an upload of a certificate of another key",
        f -> {
          TestKeyPair other = TestKeyPair.generate(SigningAlgorithm.ES256);
          VerificationKeys keys = keys("wss://cloud.invalid", "ak_admin");
          return failure(
              () ->
                  keys.upload(
                      "app",
                      "test",
                      VerificationCertificate.of(KEYS.certificate()),
                      other.privateKey()));
        });
    return scenes;
  }

  private static VerificationKeys keys(String uri, String key) {
    return VerificationKeys.builder().cloudUri(uri).apiKey(key).build();
  }

  private static String upload(String key, String application, TestKeyPair pair) throws Exception {
    VerificationCertificate certificate = VerificationCertificate.of(pair.certificate());
    TunnelService.Builder service =
        TunnelService.builder().administratorKey("ak_admin").applicationWithKeys("app");
    try (TunnelService cloud = service.build().start()) {
      return failure(() -> keys(cloud.uri(), key).upload(application, "test", certificate));
    }
  }

  private static Map<String, RejectionScene> clientCertificates() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put(
        "a missing file of authorities",
        f -> failure(() -> TlsSettings.builder().trustAlso(Path.of("/no/ca.pem"))));
    scenes.put(
        "a file of authorities without a certificate",
        f -> failure(() -> TlsSettings.builder().trustAlso(file(f, "ca.pem", "words"))));
    scenes.put(
        "a damaged client certificate",
        f -> client(f, CLIENT.certificatePem().replaceFirst("MII", "AII"), CLIENT));
    scenes.put(
        "a client key in another format",
        f ->
            failure(
                () ->
                    TlsSettings.builder()
                        .clientCertificate(
                            file(f, "c.pem", CLIENT.certificatePem()),
                            file(
                                f,
                                "k.pem",
                                CLIENT.privateKeyPkcs8Pem().replace("PRIVATE", "EC PRIVATE")))));
    scenes.put("the key of another client", f -> client(f, CLIENT.certificatePem(), OTHER));
    scenes.put(
        "a client certificate without its key",
        f -> {
          Path file = file(f, "c.pem", CLIENT.certificatePem());
          return failure(() -> TlsSettings.builder().clientCertificate(file, file));
        });
    scenes.put(
        "a wrong password for a PKCS#12 file",
        f ->
            failure(
                () -> TlsSettings.builder().clientKeyStore(keyStore(f), "5ecret"::toCharArray)));
    scenes.put(
        "a file that is not in PKCS#12 format",
        f ->
            failure(
                () ->
                    TlsSettings.builder()
                        .clientKeyStore(file(f, "k.p12", "words"), "5ecret"::toCharArray)));
    scenes.put("an invalid pin", f -> failure(() -> TlsSettings.builder().pin("cloud", "sha1/x")));
    return scenes;
  }

  private static String client(Path folder, String certificate, HeldCertificate key) {
    return failure(
        () ->
            TlsSettings.builder()
                .clientCertificate(
                    file(folder, "c.pem", certificate),
                    file(folder, "k.pem", key.privateKeyPkcs8Pem())));
  }

  private static Path file(Path folder, String name, String content) throws Exception {
    return Files.writeString(folder.resolve(name), content);
  }

  private static Path pair(Path folder) throws Exception {
    KEYS.writeTo(folder);
    return folder;
  }

  private static Path keyStore(Path folder) throws Exception {
    Path file = folder.resolve("client.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "right".toCharArray();
    Certificate[] chain = {CLIENT.certificate()};
    store.setKeyEntry("client", CLIENT.keyPair().getPrivate(), password, chain);
    try (var out = Files.newOutputStream(file)) {
      store.store(out, password);
    }
    return file;
  }

  private static Path encryptedKey(Path folder) throws Exception {
    String algorithm = "PBEWithSHA1AndDESede";
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec("right".toCharArray())));
    byte[] encrypted = cipher.doFinal(KEYS.privateKey().getEncoded());
    byte[] info = new EncryptedPrivateKeyInfo(cipher.getParameters(), encrypted).getEncoded();
    return file(
        folder,
        "encrypted.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(info)
            + "\n-----END ENCRYPTED PRIVATE KEY-----\n");
  }
}
