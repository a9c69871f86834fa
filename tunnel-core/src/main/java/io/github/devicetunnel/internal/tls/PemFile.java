package io.github.devicetunnel.internal.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A PEM file that a setting names. It contains certificates, a private key or both, and optional
 * comments.
 */
public final class PemFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** Maximum length, many times the length of a system's trusted CAs. */
  private static final int MAX_BYTES = 16 << 20;

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private final String parameter;
  private final Path file;
  private final List<Block> blocks = new ArrayList<>();

  private record Block(String type, String base64) {
    byte[] content() {
      return Base64.getMimeDecoder().decode(base64);
    }
  }

  private PemFile(String parameter, Path file) {
    this.parameter = parameter;
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @param parameter the name of the setting
   * @throws IllegalArgumentException if the file cannot be read; the message names the setting and
   *     the file
   */
  public static PemFile read(String parameter, Path file) {
    PemFile pem = new PemFile(parameter, file);
    Matcher matcher = BLOCK.matcher(new String(bytes(parameter, file), ISO_8859_1));
    while (matcher.find()) {
      pem.blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return pem;
  }

  static byte[] bytes(String parameter, Path file) {
    try {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw invalid(parameter, file, "the file is larger than 16 MiB; use another file", null);
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw invalid(parameter, file, "the file does not exist; check its path", e);
    } catch (AccessDeniedException e) {
      throw invalid(parameter, file, "no permission to read the file; change its owner or mode", e);
    } catch (IOException e) {
      throw invalid(parameter, file, "the file cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the certificates of the file, at least one.
   *
   * @throws IllegalArgumentException if the file contains no certificate or an invalid one
   */
  public List<X509Certificate> certificates() {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks) {
        if (block.type.equals(CERTIFICATE)) {
          ByteArrayInputStream in = new ByteArrayInputStream(block.content());
          certificates.add((X509Certificate) factory.generateCertificate(in));
        }
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw invalid(
          "a certificate in the file cannot be parsed: " + e.getMessage() + "; copy it again", e);
    }
    if (certificates.isEmpty()) {
      throw invalid(
          "the file contains no PEM certificate (-----BEGIN CERTIFICATE-----); use another file",
          null);
    }
    return certificates;
  }

  /**
   * Returns the only private key of the file.
   *
   * @param algorithm the algorithm of the certificate's public key, which must match
   * @throws IllegalArgumentException if the file does not contain exactly one private key, or the
   *     key is not in PKCS#8 form
   */
  PrivateKey privateKey(String algorithm) {
    List<Block> keys = blocks.stream().filter(block -> block.type.endsWith(PRIVATE_KEY)).toList();
    if (keys.size() != 1) {
      throw invalid(
          "the file contains "
              + (keys.isEmpty() ? "no private key" : "more than one private key")
              + "; use a file with only the private key of the certificate",
          null);
    }
    Block key = keys.get(0);
    if (!key.type.equals(PRIVATE_KEY)) {
      throw invalid(
          "the key is in the form \""
              + key.type
              + "\", but \"PRIVATE KEY\" (unencrypted PKCS#8) is required; convert it with openssl"
              + " pkcs8 -topk8 -nocrypt -in FILE -out NEW_FILE",
          null);
    }
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(key.content()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // No cause: its message could contain bytes of the key.
      throw invalid(
          "the key is damaged or not of the type "
              + algorithm
              + " of the certificate; use the key of the certificate",
          null);
    }
  }

  IllegalArgumentException invalid(String defect, @Nullable Throwable cause) {
    return invalid(parameter, file, defect, cause);
  }

  static IllegalArgumentException invalid(
      String parameter, Path file, String defect, @Nullable Throwable cause) {
    return new IllegalArgumentException(parameter + " " + file + ": " + defect, cause);
  }
}
