package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.internal.tls.DefaultTrust;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.CertificatePinner;
import okhttp3.tls.HeldCertificate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks the validation and the reload of TLS settings. */
class TlsSettingsTest {
  private static final String CACERTS =
      "Java's authorities ("
          + Path.of(System.getProperty("java.home"), "lib", "security", "cacerts")
          + ")";

  private static final HeldCertificate HELD = new HeldCertificate.Builder().commonName("a").build();
  private static final HeldCertificate OTHER =
      new HeldCertificate.Builder().commonName("b").build();

  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static void assertRejected(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void acceptsPemTextFromMemory() {
    TlsSettings tls =
        TlsSettings.builder()
            .trustOnly(HELD.certificatePem())
            .trustOnly(OTHER.certificatePem())
            .clientCertificate(HELD.certificatePem(), HELD.privateKeyPkcs8Pem())
            .build();
    assertThat(tls.trusted()).isEqualTo("only the authorities in PEM text, PEM text");
    assertThat(tls.clientCertificate()).isEqualTo(HELD.certificate());
    tls.reload();
    assertThat(tls.clientCertificate()).isEqualTo(HELD.certificate());
  }

  @Test
  void rejectsTextThatIsNoPem() {
    TlsSettings.Builder tls = TlsSettings.builder();
    String secret = HELD.privateKeyPkcs8Pem();
    assertRejected(
        () -> tls.trustAlso("/etc/ssl/ca.pem"),
        "trustAlso (PEM text): the text contains no PEM certificate"
            + " (-----BEGIN CERTIFICATE-----); use another text");
    assertRejected(
        () -> tls.clientCertificate(HELD.certificatePem(), "no key"),
        "clientKey (PEM text): the text contains no private key");
    assertThatThrownBy(() -> tls.clientCertificate(OTHER.certificatePem(), secret))
        .hasMessageStartingWith("clientKey (PEM text): the key does not match the certificate")
        .hasMessageNotContaining(secret.lines().skip(1).findFirst().orElseThrow());
  }

  @Test
  void rejectsFileWithoutCertificate() throws Exception {
    TlsSettings.Builder tls = TlsSettings.builder();
    Path missing = folder.resolve("missing");
    Path text = file("text", "nothing of the kind");
    Path truncated = file("cut", HELD.certificatePem().substring(0, 300));
    Path broken = file("broken", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    String noCertificate = ": the file contains no PEM certificate (-----BEGIN CERTIFICATE-----)";

    assertRejected(
        () -> tls.trustAlso(missing), "trustAlso " + missing + ": the file does not exist");
    assertRejected(() -> tls.trustOnly(text), "trustOnly " + text + noCertificate);
    assertRejected(() -> tls.trustAlso(truncated), "trustAlso " + truncated + noCertificate);
    assertThatThrownBy(() -> tls.trustAlso(broken))
        .hasMessageStartingWith(
            "trustAlso " + broken + ": a certificate in the file cannot be parsed: ");
    assertThatThrownBy(() -> tls.trustAlso(folder))
        .hasMessageStartingWith("trustAlso " + folder + ": the file cannot be read: ");
  }

  @Test
  void namesSourceOfGivenCertificates() {
    assertThat(TlsSettings.builder().trustOnly(List.of(HELD.certificate()), "the vault").build())
        .hasToString("TlsSettings[trusted: only the authorities in the vault]");
    assertThatThrownBy(() -> TlsSettings.builder().trustOnly(List.of(), "the\nvault"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trustOnly the?vault: no certificates; pass at least one");
  }

  @Test
  void describesTrustStoreOfSystemProperty() throws Exception {
    String property = "javax.net.ssl.trustStore";
    Path store = file("store", "");
    try {
      System.setProperty(property, store.toString());
      assertThat(DefaultTrust.describe())
          .isEqualTo("the authorities in " + store + " (javax.net.ssl.trustStore)");
      // JSSE also falls back to cacerts.
      System.setProperty(property, folder.resolve("missing").toString());
      assertThat(DefaultTrust.describe()).isEqualTo(CACERTS);
      System.setProperty(property, "NONE");
      System.setProperty(property + "Type", "Windows-ROOT");
      assertThat(DefaultTrust.describe())
          .isEqualTo("the authorities of the key store Windows-ROOT (javax.net.ssl.trustStore)");
    } finally {
      System.clearProperty(property);
      System.clearProperty(property + "Type");
    }
  }

  @Test
  void rejectsTrustOnlyWithTrustAlso() throws Exception {
    Path ca = file("ca.pem", HELD.certificatePem());
    assertThat(TlsSettings.builder().build()).hasToString("TlsSettings[trusted: " + CACERTS + "]");
    assertThat(TlsSettings.builder().trustOnly(ca).build())
        .hasToString("TlsSettings[trusted: only the authorities in " + ca + "]");
    assertThatThrownBy(() -> TlsSettings.builder().trustAlso(ca).trustOnly(ca).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("trustOnly and trustAlso cannot be combined; use one of them");
  }

  @Test
  void reloadRereadsFilesAndKeepsSettingsOnFailure() throws Exception {
    Path ca = file("ca.pem", OTHER.certificatePem());
    Path both = file("both.pem", HELD.certificatePem() + HELD.privateKeyPkcs8Pem());
    TlsSettings tls = TlsSettings.builder().trustOnly(ca).clientCertificate(both, both).build();
    String before = tls.toString();

    file("both.pem", OTHER.certificatePem() + HELD.privateKeyPkcs8Pem());
    assertRejected(tls::reload, "clientKey " + both + ": the key does not match the certificate");
    assertThat(tls).hasToString(before);

    file("both.pem", OTHER.certificatePem() + OTHER.privateKeyPkcs8Pem());
    Files.delete(ca);
    assertRejected(tls::reload, "trustOnly " + ca + ": the file does not exist");
    assertThat(tls).hasToString(before);

    file("ca.pem", HELD.certificatePem());
    tls.reload();
    assertThat(tls)
        .hasToString(
            "TlsSettings[trusted: only the authorities in " + ca + ", client certificate CN=b]");
  }

  @Test
  void reloadRequestsPasswordAgain() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    Path file = folder.resolve("keys.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "a",
        HELD.keyPair().getPrivate(),
        "5ecret".toCharArray(),
        new Certificate[] {HELD.certificate()});
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "5ecret".toCharArray());
    }
    TlsSettings tls =
        TlsSettings.builder()
            .clientKeyStore(
                file,
                () -> {
                  requests.incrementAndGet();
                  return "5ecret".toCharArray();
                })
            .build();
    tls.reload();
    assertThat(requests).hasValue(2);
  }

  @Test
  void rejectsInvalidClientKey() throws Exception {
    TlsSettings.Builder tls = TlsSettings.builder();
    Path certificate = file("a.pem", HELD.certificatePem());
    Path key = file("a.key", HELD.privateKeyPkcs8Pem());
    Path otherKey = file("b.key", OTHER.privateKeyPkcs8Pem());
    Path sec1 =
        file("sec1", "-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----\n");
    Path encrypted =
        file(
            "pkcs1",
            """
            -----BEGIN RSA PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-256-CBC,00

            MHc=
            -----END RSA PRIVATE KEY-----
            """);
    Path broken = file("broken", "-----BEGIN PRIVATE KEY-----\nMHc=\n-----END PRIVATE KEY-----\n");
    Path two = file("two", HELD.privateKeyPkcs8Pem() + OTHER.privateKeyPkcs8Pem());
    String convert =
        "\", but \"PRIVATE KEY\" (unencrypted PKCS#8) is required; convert it with openssl pkcs8"
            + " -topk8 -nocrypt -in FILE -out NEW_FILE";

    assertThat(tls.clientCertificate(certificate, key).build())
        .hasToString("TlsSettings[trusted: " + CACERTS + ", client certificate CN=a]");
    assertRejected(
        () -> tls.clientCertificate(certificate, otherKey),
        "clientKey " + otherKey + ": the key does not match the certificate in " + certificate);
    assertRejected(
        () -> tls.clientCertificate(certificate, certificate),
        "clientKey " + certificate + ": the file contains no private key");
    assertRejected(
        () -> tls.clientCertificate(certificate, two),
        "clientKey " + two + ": the file contains more than one private key");
    assertRejected(
        () -> tls.clientCertificate(certificate, sec1),
        "clientKey " + sec1 + ": the key is in the form \"EC PRIVATE KEY" + convert);
    assertRejected(
        () -> tls.clientCertificate(certificate, encrypted),
        "clientKey " + encrypted + ": the key is in the form \"RSA PRIVATE KEY" + convert);
    assertRejected(
        () -> tls.clientCertificate(certificate, broken),
        "clientKey " + broken + ": the key is damaged or not of the type EC of the certificate");
    assertThatThrownBy(() -> tls.clientCertificate(key, key))
        .hasMessageStartingWith(
            "clientCertificate " + key + ": the file contains no PEM certificate");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void rejectsFileAboveSizeLimit() {
    Path zeros = Path.of("/dev/zero");
    assertRejected(
        () -> TlsSettings.builder().trustAlso(zeros),
        "trustAlso /dev/zero: the file is larger than 16 MiB");
  }

  @Test
  void rejectsInvalidClientKeyStore() throws Exception {
    TlsSettings.Builder tls = TlsSettings.builder();
    Path text = file("text", "nothing of the kind");
    Path store = folder.resolve("keys.p12");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setCertificateEntry("ca", HELD.certificate());
    try (OutputStream out = Files.newOutputStream(store)) {
      keys.store(out, "right".toCharArray());
    }

    assertRejected(
        () -> tls.clientKeyStore(text, "x"::toCharArray),
        "clientKeyStore " + text + ": the file is not in PKCS#12 format");
    assertRejected(
        () -> tls.clientKeyStore(store, "wrong"::toCharArray),
        "clientKeyStore " + store + ": the password is wrong");
    assertRejected(
        () -> tls.clientKeyStore(store, "right"::toCharArray),
        "clientKeyStore " + store + ": the file contains no private key");
  }

  @Test
  void rejectsMalformedPin() {
    TlsSettings.Builder tls = TlsSettings.builder();
    String pin = CertificatePinner.pin(HELD.certificate());
    assertThat(tls.pin("*.cloud.example", pin).build()).asString().endsWith(", pins: 1]");
    for (String bad : new String[] {"", "sha1/AAAA", "sha256/AAAA", "sha256/*", pin.substring(7)}) {
      assertRejected(
          () -> tls.pin("cloud.example", bad),
          "pin must be sha256/ followed by 32 bytes in Base64, but is \"" + bad + "\"");
    }
    assertRejected(
        () -> tls.pin("a.*.example", pin),
        "pin: the host must be a name, optionally after *. or **., but is \"a.*.example\"");
  }
}
