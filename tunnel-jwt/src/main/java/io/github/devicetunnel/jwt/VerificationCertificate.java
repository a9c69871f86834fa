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
 * A certificate whose key can check tokens: what the service calls a verification key. Immutable.
 */
public final class VerificationCertificate {
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private final X509Certificate certificate;

  private VerificationCertificate(X509Certificate certificate) {
    this.certificate = certificate;
  }

  /**
   * Takes a certificate.
   *
   * @param certificate with a key that is RSA of at least 2048 bits, or EC on P-256, P-384 or P-521
   * @return the same
   * @throws IllegalArgumentException when it has another key
   */
  public static VerificationCertificate of(X509Certificate certificate) {
    SigningAlgorithm unused =
        KeyKind.of(certificate.getPublicKey()).algorithm("the key of certificate");
    return new VerificationCertificate(certificate);
  }

  /**
   * Reads a certificate.
   *
   * @param pem with exactly one certificate in it; anything else, a private key too, is passed over
   * @return the certificate
   * @throws IllegalArgumentException when there is none or more than one, it cannot be read, or it
   *     has a key that cannot be used
   */
  public static VerificationCertificate parse(String pem) {
    List<String> found = PEM.matcher(pem).results().map(MatchResult::group).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "certificate must be one certificate in PEM, but there are "
              + found.size()
              + ": name another file");
    }
    byte[] bytes = found.get(0).getBytes(ISO_8859_1);
    try {
      return of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("certificate is damaged: copy it again", e);
    }
  }

  /**
   * Reads a certificate from a file.
   *
   * @param file as for {@link #parse}
   * @return the certificate
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException as for {@link #parse}, with the name of the file
   */
  public static VerificationCertificate read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(new String(in.readNBytes(MOST_BYTES), ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e.getCause());
    }
  }

  /** {@return the certificate itself} */
  public X509Certificate certificate() {
    return certificate;
  }

  /** {@return the key that checks tokens} */
  public PublicKey publicKey() {
    return certificate.getPublicKey();
  }

  /** {@return the certificate alone, in PEM, with line feeds and one at the end} */
  public String pem() {
    try {
      String lines =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate without its bytes", e);
    }
  }

  /**
   * Whether a time is between its first and its last.
   *
   * @param now the time
   * @throws IllegalArgumentException when it is not
   */
  public void checkValidAt(Instant now) {
    Instant notAfter = certificate.getNotAfter().toInstant();
    Instant notBefore = certificate.getNotBefore().toInstant();
    if (now.isAfter(notAfter)) {
      throw new IllegalArgumentException(
          "certificate has expired: it was valid until " + notAfter + ", make a new one");
    }
    if (now.isBefore(notBefore)) {
      throw new IllegalArgumentException(
          "certificate is not valid yet, but from "
              + notBefore
              + " on: is the clock of this machine right?");
    }
  }

  /**
   * Whether it checks what a key signs. Tries it.
   *
   * @param key the private key
   * @return false too for a key that cannot sign
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

  /** Its subject, its end and its kind of key. */
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
