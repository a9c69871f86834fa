package io.github.devicetunnel.internal.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * A client certificate for TLS.
 *
 * @param certificate the certificate of the client, without its issuers
 * @param keys the key manager that provides the certificate to JSSE
 */
public record ClientCertificate(X509Certificate certificate, X509KeyManager keys) {

  /**
   * Reads a client certificate and its private key from PEM files.
   *
   * @param certificates the certificate, followed by those of its issuers
   * @throws IllegalArgumentException if a file cannot be used or the key does not match the
   *     certificate
   */
  public static ClientCertificate ofPem(Path certificates, Path key) {
    return of(Pem.read("clientCertificate", certificates), Pem.read("clientKey", key));
  }

  /**
   * Parses a client certificate and its private key.
   *
   * @param certificates the certificate, followed by those of its issuers
   * @throws IllegalArgumentException if a text cannot be used or the key does not match the
   *     certificate
   */
  public static ClientCertificate ofPem(String certificates, String key) {
    return of(Pem.parse("clientCertificate", certificates), Pem.parse("clientKey", key));
  }

  private static ClientCertificate of(Pem certificates, Pem key) {
    List<X509Certificate> chain = certificates.certificates();
    PublicKey publicKey = chain.get(0).getPublicKey();
    PrivateKey privateKey = key.privateKey(publicKey.getAlgorithm());
    if (!belongTogether(publicKey, privateKey)) {
      throw key.invalid(
          "the key does not match the certificate in "
              + certificates.source()
              + "; use a matching pair",
          null);
    }
    char[] none = {};
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("client", privateKey, none, chain.toArray(Certificate[]::new));
      return new ClientCertificate(chain.get(0), keyManager(store, none));
    } catch (GeneralSecurityException | IOException e) {
      throw key.invalid("the key cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Returns whether the public key verifies a signature of the private key. Returns true if the
   * keys are neither RSA nor EC and the check itself fails, because such keys may not support
   * signatures.
   */
  private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return !algorithm.startsWith("SHA256");
    }
  }

  public static ClientCertificate ofKeyStore(Path file, Supplier<char[]> passwords) {
    byte[] content = Pem.bytes("clientKeyStore", file);
    char[] password = passwords.get();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password);
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
          return new ClientCertificate(certificate, keyManager(store, password));
        }
      }
      throw Pem.invalid(
          "clientKeyStore",
          file,
          "the file contains no private key; export it again with the key",
          null);
    } catch (IOException e) {
      boolean wrongPassword = e.getCause() instanceof UnrecoverableKeyException;
      String defect =
          wrongPassword
              ? "the password is wrong; check it"
              : "the file is not in PKCS#12 format; use another file";
      throw Pem.invalid("clientKeyStore", file, defect, e);
    } catch (GeneralSecurityException e) {
      throw Pem.invalid("clientKeyStore", file, "the file cannot be used: " + e.getMessage(), e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private static X509KeyManager keyManager(KeyStore store, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return (X509KeyManager) factory.getKeyManagers()[0];
  }
}
