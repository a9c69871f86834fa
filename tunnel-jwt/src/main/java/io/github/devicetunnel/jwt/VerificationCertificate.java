package io.github.devicetunnel.jwt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A certificate whose public key verifies tokens. The cloud calls it a verification key. Immutable.
 */
public final class VerificationCertificate {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private final X509Certificate certificate;

  private VerificationCertificate(X509Certificate certificate) {
    this.certificate = certificate;
  }

  /**
   * Wraps a certificate.
   *
   * @param certificate a certificate with an RSA key of at least 2048 bits, or an EC key on P-256,
   *     P-384 or P-521
   * @return the verification certificate
   * @throws IllegalArgumentException if the certificate has any other key
   */
  public static VerificationCertificate of(X509Certificate certificate) {
    SigningAlgorithm unused =
        KeyKind.of(certificate.getPublicKey()).algorithm("the key of the certificate");
    return new VerificationCertificate(certificate);
  }

  /**
   * Parses a PEM certificate.
   *
   * @param pem text with exactly one certificate; other content, including private keys, is ignored
   * @return the certificate
   * @throws IllegalArgumentException if there is not exactly one certificate, the certificate is
   *     damaged, or its key is not supported
   */
  public static VerificationCertificate parse(String pem) {
    List<String> found = PEM.matcher(pem).results().map(MatchResult::group).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "certificate must be a single PEM certificate, but "
              + found.size()
              + " were found; use another file");
    }
    byte[] bytes = found.get(0).getBytes(ISO_8859_1);
    try {
      return of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("certificate is damaged; copy it again", e);
    }
  }

  /**
   * Reads a certificate from a file. Only the first 1 MiB is read.
   *
   * @param file a PEM file, as for {@link #parse}
   * @return the certificate
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException as for {@link #parse}; the message contains the file name
   */
  public static VerificationCertificate read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(new String(in.readNBytes(MAX_BYTES), ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e.getCause());
    }
  }

  /** {@return the X.509 certificate} */
  public X509Certificate certificate() {
    return certificate;
  }

  /** {@return the public key, which verifies tokens} */
  public PublicKey publicKey() {
    return certificate.getPublicKey();
  }

  /** {@return the certificate in PEM, with LF line endings and a trailing LF} */
  public String pem() {
    try {
      String lines =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate without an encoded form", e);
    }
  }

  /**
   * Checks that a time is within the validity period of the certificate.
   *
   * @param now the time to check
   * @throws IllegalArgumentException if the certificate has expired or is not valid yet
   */
  public void checkValidAt(Instant now) {
    Instant notAfter = certificate.getNotAfter().toInstant();
    Instant notBefore = certificate.getNotBefore().toInstant();
    if (now.isAfter(notAfter)) {
      throw new IllegalArgumentException(
          "certificate has expired: it was valid until " + notAfter + "; create a new one");
    }
    if (now.isBefore(notBefore)) {
      throw new IllegalArgumentException(
          "certificate is not valid before " + notBefore + "; check the clock of this machine");
    }
  }

  /**
   * Returns whether the certificate verifies what a private key signs. The check signs a test
   * message.
   *
   * @param key the private key
   * @return true if the key belongs to the certificate; false also if the key cannot sign
   */
  public boolean belongsTo(PrivateKey key) {
    KeyKind kind = KeyKind.of(publicKey());
    if (!KeyKind.of(key).type().equals(kind.type())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance(kind.type().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(certificate.getSerialNumber().toByteArray());
      byte[] signed = signature.sign();
      signature.initVerify(publicKey());
      signature.update(certificate.getSerialNumber().toByteArray());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns the subject, the end of the validity period and the kind of the key. */
  @Override
  public String toString() {
    return "VerificationCertificate["
        + certificate.getSubjectX500Principal()
        + ", until "
        + certificate.getNotAfter().toInstant()
        + ", "
        + KeyKind.of(publicKey())
        + "]";
  }
}
