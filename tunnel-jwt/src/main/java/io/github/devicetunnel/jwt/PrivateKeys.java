package io.github.devicetunnel.jwt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.EncryptionException;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys from PEM files. Supported formats are PKCS#8, PKCS#1 ({@code BEGIN RSA PRIVATE
 * KEY}) and SEC1 ({@code BEGIN EC PRIVATE KEY}), encrypted or not. Other content of a file is
 * ignored.
 */
public final class PrivateKeys {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");

  private PrivateKeys() {}

  /**
   * Reads an unencrypted private key.
   *
   * @param file a PEM file of at most 1 MiB
   * @return the first private key in the file
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if the file is too long, contains no private key, or its first
   *     private key is damaged, encrypted or not usable for signing tokens
   */
  public static PrivateKey read(Path file) throws IOException {
    return read(file, () -> null);
  }

  /**
   * Reads a private key that may be encrypted.
   *
   * @param file a PEM file of at most 1 MiB
   * @param passphrase called only if the key is encrypted; the returned array is overwritten after
   *     use, and null means that there is no passphrase
   * @return the first private key in the file
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if the file is too long, contains no private key, or its first
   *     private key is damaged, not usable for signing tokens or cannot be decrypted
   */
  public static PrivateKey read(Path file, Supplier<char @Nullable []> passphrase)
      throws IOException {
    String name = "privateKey " + file;
    String text = text(name, file);
    PrivateKeyInfo key;
    try {
      key = find(name, text, passphrase);
    } catch (EncryptionException | PKCSException | OperatorCreationException e) {
      throw new IllegalArgumentException(name + " cannot be decrypted; check the passphrase", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          name + " is damaged or in an unknown format; copy it again", e);
    }
    if (key == null) {
      throw new IllegalArgumentException(
          name + " contains " + content(text) + "; use another file");
    }
    return usable(name, key);
  }

  private static String text(String name, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException(name + " is larger than 1 MiB; use another file");
      }
      return new String(bytes, ISO_8859_1);
    }
  }

  private static @Nullable PrivateKeyInfo find(
      String name, String text, Supplier<char @Nullable []> passphrase)
      throws IOException, PKCSException, OperatorCreationException {
    try (PEMParser pem = new PEMParser(new StringReader(text))) {
      for (Object part = pem.readObject(); part != null; part = pem.readObject()) {
        if (part instanceof PrivateKeyInfo key) {
          return key;
        }
        if (part instanceof PEMKeyPair pair) {
          return pair.getPrivateKeyInfo();
        }
        if (part instanceof PEMEncryptedKeyPair || part instanceof PKCS8EncryptedPrivateKeyInfo) {
          return decrypt(name, part, passphrase);
        }
      }
    }
    return null;
  }

  private static PrivateKeyInfo decrypt(
      String name, Object part, Supplier<char @Nullable []> passphrase)
      throws IOException, PKCSException, OperatorCreationException {
    char[] secret = passphrase.get();
    if (secret == null) {
      throw new IllegalArgumentException(name + " is encrypted, but no passphrase is set; set one");
    }
    try {
      if (part instanceof PEMEncryptedKeyPair pair) {
        return decrypted(pair, secret);
      }
      // Registering the provider would change the algorithms of the whole JVM.
      BouncyCastleProvider provider = new BouncyCastleProvider();
      return ((PKCS8EncryptedPrivateKeyInfo) part)
          .decryptPrivateKeyInfo(
              new JceOpenSSLPKCS8DecryptorProviderBuilder().setProvider(provider).build(secret));
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  /**
   * Decrypts a key pair. With a wrong passphrase, about one in 256 decryptions succeeds and returns
   * data that is not a key.
   */
  private static PrivateKeyInfo decrypted(PEMEncryptedKeyPair pair, char[] secret)
      throws EncryptionException {
    try {
      return pair.decryptKeyPair(new BcPEMDecryptorProvider(secret)).getPrivateKeyInfo();
    } catch (IOException e) {
      throw new EncryptionException("not a key", e);
    }
  }

  private static PrivateKey usable(String name, PrivateKeyInfo info) {
    String kind;
    try {
      PrivateKey key = new JcaPEMKeyConverter().getPrivateKey(info);
      if (KeyKind.of(key).isUsable()) {
        return key;
      }
      kind = KeyKind.of(key).toString();
    } catch (IOException e) {
      kind = "damaged or of a type that this JVM does not support";
    }
    String curve = curve(info);
    throw new IllegalArgumentException(
        name
            + " must be "
            + KeyKind.USABLE
            + ", but is "
            + (curve == null ? kind : "an EC key on " + curve));
  }

  /** Returns the name of the curve, which the JDK does not expose; null if the key is not EC. */
  private static @Nullable String curve(PrivateKeyInfo info) {
    return info.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier id
        ? ECNamedCurveTable.getName(id)
        : null;
  }

  private static String content(String text) {
    String kinds =
        BEGIN
            .matcher(text)
            .results()
            .map((MatchResult begin) -> begin.group(1))
            .distinct()
            .limit(5)
            .collect(Collectors.joining(", "));
    return kinds.isEmpty() ? "no PEM block" : "no private key, only " + kinds;
  }
}
