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

  static RejectionScenes scenes() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.addAll(signingKeys());
    scenes.addAll(uploads());
    scenes.addAll(clientCertificates());
    return scenes;
  }

  private static RejectionScenes signingKeys() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "an encrypted key without a passphrase",
        "privateKey {file} is encrypted, but no passphrase is set; set one",
        f -> failure(() -> PrivateKeys.read(encryptedKey(f))));
    scenes.add(
        "a wrong passphrase",
        "privateKey {file} cannot be decrypted; check the passphrase",
        f -> failure(() -> PrivateKeys.read(encryptedKey(f), "wrong"::toCharArray)));
    scenes.add(
        "a certificate instead of the private key",
        "privateKey {file} contains no private key, only CERTIFICATE; use another file",
        f -> failure(() -> PrivateKeys.read(pair(f).resolve("public.crt"))));
    scenes.add(
        "a file that is not in PEM format",
        "privateKey {file} contains no PEM block; use another file",
        f -> failure(() -> PrivateKeys.read(Files.writeString(f.resolve("x"), "5ecret"))));
    scenes.add(
        "a truncated private key",
        "privateKey {file} is damaged or in an unknown format; copy it again",
        f ->
            failure(
                () ->
                    PrivateKeys.read(
                        Files.writeString(
                            f.resolve("cut.pem"),
                            Files.readString(pair(f).resolve("private.key")).substring(0, 90)))));
    scenes.add(
        "a private key that is too short",
        "privateKey must be RSA of at least 2048 bits, or EC on P-256, P-384 or P-521, but is an"
            + " RSA key of 1024 bits",
        f -> failure(() -> shortKey()));
    scenes.add(
        "an algorithm that does not match the key",
        "algorithm RS256 requires an RSA key of at least 2048 bits, but the private key is an EC"
            + " key on P-256; use ES256",
        f ->
            failure(
                () ->
                    JwtCredentials.builder()
                        .applicationId("app")
                        .privateKey(KEYS.privateKey())
                        .algorithm(SigningAlgorithm.RS256)
                        .build()));
    scenes.add(
        "an unsupported algorithm",
        "algorithm must be one of RS256, RS384, RS512, ES256, ES384, ES512, but is \"HS256\"",
        f -> failure(() -> SigningAlgorithm.of("HS256")));
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

  private static RejectionScenes uploads() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "an upload without an administrator key",
        "the cloud rejected the verification key for application app: 401 unauthorized, The"
            + " access key does not belong to an administrator; check the access key (request"
            + " {request})",
        f -> upload("ak_x", "app", KEYS));
    scenes.add(
        "an upload to an unknown application",
        "the cloud rejected the verification key for application other: 404 not_found, The"
            + " application is not known; check the application ID and the cloud URI (request"
            + " {request})",
        f -> upload("ak_admin", "other", KEYS));
    scenes.add(
        "an upload of an expired certificate",
        "certificate has expired: it was valid until {time}; create a new one",
        f ->
            upload(
                "ak_admin",
                "app",
                TestKeyPair.generate(SigningAlgorithm.ES256, Instant.now().minusSeconds(9))));
    scenes.add(
        "an upload of a certificate of another key",
        "certificate does not match privateKey, so the cloud would reject its tokens; use a"
            + " matching pair",
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

  private static RejectionScenes clientCertificates() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "a missing file of authorities",
        "trustAlso {file}: the file does not exist; check its path",
        f -> failure(() -> TlsSettings.builder().trustAlso(Path.of("/no/ca.pem"))));
    scenes.add(
        "a file of authorities without a certificate",
        "trustAlso {file}: the file contains no PEM certificate (-----BEGIN CERTIFICATE-----);"
            + " use another file",
        f -> failure(() -> TlsSettings.builder().trustAlso(file(f, "ca.pem", "words"))));
    scenes.add(
        "a damaged client certificate",
        "clientCertificate {file}: a certificate in the file cannot be parsed: {reason}; copy it"
            + " again",
        f -> client(f, CLIENT.certificatePem().replaceFirst("MII", "AII"), CLIENT));
    scenes.add(
        "a client key in another format",
        "clientKey {file}: the key is in the form \"EC PRIVATE KEY\", but \"PRIVATE KEY\""
            + " (unencrypted PKCS#8) is required; convert it with openssl pkcs8 -topk8 -nocrypt"
            + " -in FILE -out NEW_FILE",
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
    scenes.add(
        "the key of another client",
        "clientKey {file}: the key does not match the certificate in {file}; use a matching pair",
        f -> client(f, CLIENT.certificatePem(), OTHER));
    scenes.add(
        "a client certificate without its key",
        "clientKey {file}: the file contains no private key; use a file with only the private"
            + " key of the certificate",
        f -> {
          Path file = file(f, "c.pem", CLIENT.certificatePem());
          return failure(() -> TlsSettings.builder().clientCertificate(file, file));
        });
    scenes.add(
        "a wrong password for a PKCS#12 file",
        "clientKeyStore {file}: the password is wrong; check it",
        f ->
            failure(
                () -> TlsSettings.builder().clientKeyStore(keyStore(f), "5ecret"::toCharArray)));
    scenes.add(
        "a file that is not in PKCS#12 format",
        "clientKeyStore {file}: the file is not in PKCS#12 format; use another file",
        f ->
            failure(
                () ->
                    TlsSettings.builder()
                        .clientKeyStore(file(f, "k.p12", "words"), "5ecret"::toCharArray)));
    scenes.add(
        "an invalid pin",
        "pin must be sha256/ followed by 32 bytes in Base64, but is \"sha1/x\"",
        f -> failure(() -> TlsSettings.builder().pin("cloud", "sha1/x")));
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
