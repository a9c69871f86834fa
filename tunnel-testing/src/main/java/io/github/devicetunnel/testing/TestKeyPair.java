package io.github.devicetunnel.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.VerificationCertificate;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A generated private key with a self-signed certificate. Tests need no key files, which could leak
 * or expire.
 *
 * <pre>{@code
 * TestKeyPair keys = TestKeyPair.generate(SigningAlgorithm.ES256);
 * TunnelService cloud = TunnelService.builder()
 *     .applicationWithKeys("app", keys.certificate())
 *     .device("017b7fddb124724840c1c7b800000000")
 *     .build()
 *     .start();
 * Credentials credentials =
 *     JwtCredentials.builder().applicationId("app").privateKey(keys.privateKey()).build();
 * }</pre>
 *
 * <p>Immutable. An EC key is generated immediately; an RSA key takes a few tenths of a second.
 */
public final class TestKeyPair {
  private static final Duration DAY = Duration.ofDays(1);

  private final PrivateKey privateKey;
  private final X509Certificate certificate;

  private TestKeyPair(PrivateKey privateKey, X509Certificate certificate) {
    this.privateKey = privateKey;
    this.certificate = certificate;
  }

  /**
   * Generates a key pair with a certificate that is valid from yesterday until tomorrow.
   *
   * @param algorithm the algorithm that the key must fit; RSA keys have 2048 bits
   * @return a new key pair
   */
  public static TestKeyPair generate(SigningAlgorithm algorithm) {
    return generate(algorithm, Instant.now().plus(DAY));
  }

  /**
   * Generates a key pair with a given end of the certificate.
   *
   * @param algorithm the algorithm that the key must fit; RSA keys have 2048 bits
   * @param notAfter the end of the validity period, which may be in the past; the period starts two
   *     days earlier
   * @return a new key pair
   */
  public static TestKeyPair generate(SigningAlgorithm algorithm, Instant notAfter) {
    try {
      KeyPair pair = keyPair(algorithm);
      return new TestKeyPair(pair.getPrivate(), certificate(pair, notAfter));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this JVM cannot generate a key for " + algorithm, e);
    }
  }

  private static KeyPair keyPair(SigningAlgorithm algorithm) throws GeneralSecurityException {
    String curve =
        switch (algorithm) {
          case RS256, RS384, RS512 -> null;
          case ES256 -> "secp256r1";
          case ES384 -> "secp384r1";
          case ES512 -> "secp521r1";
        };
    KeyPairGenerator generator = KeyPairGenerator.getInstance(curve == null ? "RSA" : "EC");
    if (curve == null) {
      generator.initialize(2048);
    } else {
      generator.initialize(new ECGenParameterSpec(curve));
    }
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(KeyPair pair, Instant notAfter)
      throws GeneralSecurityException, OperatorCreationException {
    X500Principal name = new X500Principal("CN=tunnel-testing");
    boolean rsa = pair.getPublic().getAlgorithm().equals("RSA");
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(notAfter.minus(DAY.multipliedBy(2))),
                    Date.from(notAfter),
                    name,
                    pair.getPublic())
                .build(
                    new JcaContentSignerBuilder(rsa ? "SHA256withRSA" : "SHA256withECDSA")
                        .build(pair.getPrivate())));
  }

  /** {@return the private key} */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /** {@return the certificate} */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Writes the unencrypted private key, in PKCS#8, and the certificate as PEM files.
   *
   * @param folder the directory for {@code private.key} and {@code public.crt}, which are the file
   *     names in the documentation of the service
   * @throws IOException if a file cannot be written
   */
  public void writeTo(Path folder) throws IOException {
    String key =
        Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(privateKey.getEncoded());
    Files.writeString(
        folder.resolve("private.key"),
        "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
    Files.writeString(folder.resolve("public.crt"), VerificationCertificate.of(certificate).pem());
  }

  @Override
  public String toString() {
    return "TestKeyPair[" + VerificationCertificate.of(certificate) + "]";
  }
}
