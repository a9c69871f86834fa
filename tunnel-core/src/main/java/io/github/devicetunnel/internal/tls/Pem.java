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
import org.jspecify.annotations.Nullable;

/**
 * PEM text of a setting, from a file or from memory. It contains certificates, a private key or
 * both, and optional comments.
 */
public final class Pem {
  private static final String DASHES = "-----";
  private static final String BEGIN = DASHES + "BEGIN ";
  private static final String END = DASHES + "END ";

  /** Maximum length, many times the length of a system's trusted CAs. */
  private static final int MAX_BYTES = 16 << 20;

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final String FROM_MEMORY = "(PEM text)";

  private final String parameter;
  private final String source;
  private final String noun; // of the source, in messages
  private final List<Block> blocks = new ArrayList<>();

  private record Block(String type, String base64) {
    byte[] content() {
      return Base64.getMimeDecoder().decode(base64);
    }
  }

  private Pem(String parameter, String source, String noun, String text) {
    this.parameter = parameter;
    this.source = source;
    this.noun = noun;
    addBlocks(text);
  }

  /** Adds the blocks in linear time. A block ends at the next end marker, which must match. */
  private void addBlocks(String text) {
    int from = 0;
    int end = -1;
    int begin;
    while ((begin = text.indexOf(BEGIN, from)) >= 0) {
      from = begin + BEGIN.length();
      int typeEnd = text.indexOf(DASHES, from);
      if (end < from) {
        end = text.indexOf(END, from);
      }
      if (typeEnd < 0 || end < 0) {
        return;
      }
      String type = text.substring(from, typeEnd);
      int start = typeEnd + DASHES.length();
      if (start <= end && text.startsWith(type + DASHES, end + END.length())) {
        blocks.add(new Block(type, text.substring(start, end)));
        from = end;
      }
    }
  }

  /**
   * Reads a file.
   *
   * @param parameter the name of the setting
   * @throws IllegalArgumentException if the file cannot be read; the message names the setting and
   *     the file
   */
  public static Pem read(String parameter, Path file) {
    String text = new String(bytes(parameter, file), ISO_8859_1);
    return new Pem(parameter, file.toString(), "file", text);
  }

  /**
   * Parses text. Text without PEM blocks causes an exception when a block is requested.
   *
   * @param parameter the name of the setting
   */
  public static Pem parse(String parameter, String text) {
    return new Pem(parameter, FROM_MEMORY, "text", text);
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
   * Returns the certificates, at least one.
   *
   * @throws IllegalArgumentException if there is no certificate or an invalid one
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
          "a certificate in the "
              + noun
              + " cannot be parsed: "
              + e.getMessage()
              + "; copy it again",
          e);
    }
    if (certificates.isEmpty()) {
      throw invalid(
          "the "
              + noun
              + " contains no PEM certificate (-----BEGIN CERTIFICATE-----); use another "
              + noun,
          null);
    }
    return certificates;
  }

  /**
   * Returns the only private key.
   *
   * @param algorithm the algorithm of the certificate's public key, which must match
   * @throws IllegalArgumentException if there is not exactly one private key, or the key is not in
   *     PKCS#8 form
   */
  PrivateKey privateKey(String algorithm) {
    List<Block> keys = blocks.stream().filter(block -> block.type.endsWith(PRIVATE_KEY)).toList();
    if (keys.size() != 1) {
      throw invalid(
          "the "
              + noun
              + " contains "
              + (keys.isEmpty() ? "no private key" : "more than one private key")
              + "; use a "
              + noun
              + " with only the private key of the certificate",
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

  /** Returns the file, or a description of text from memory. */
  String source() {
    return source;
  }

  IllegalArgumentException invalid(String defect, @Nullable Throwable cause) {
    return new IllegalArgumentException(parameter + " " + source + ": " + defect, cause);
  }

  static IllegalArgumentException invalid(
      String parameter, Path file, String defect, @Nullable Throwable cause) {
    return new IllegalArgumentException(parameter + " " + file + ": " + defect, cause);
  }
}
