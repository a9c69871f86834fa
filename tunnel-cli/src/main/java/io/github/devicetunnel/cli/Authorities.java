package io.github.devicetunnel.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR} name, as OpenSSL and Go read
 * them: one file, and all files of several directories. Each certificate counts once, though a
 * directory has it under its name and its hash. What is not a certificate is skipped.
 */
final class Authorities {
  private static final String FILE = "SSL_CERT_FILE";
  private static final String DIRECTORIES = "SSL_CERT_DIR";

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

  /** Many times as long as a file with all public authorities. */
  private static final int MAX_BYTES = 16 << 20;

  private final CertificateFactory factory;
  private final Set<String> seen = new HashSet<>();
  private final Set<X509Certificate> certificates = new LinkedHashSet<>();
  private final List<String> sources = new ArrayList<>();

  private Authorities() {
    try {
      this.factory = CertificateFactory.getInstance("X.509");
    } catch (CertificateException e) {
      throw new AssertionError("every JVM has X.509", e);
    }
  }

  /**
   * Reads both variables. An empty one counts as not set.
   *
   * @return null when neither is set
   * @throws CommandFailure of usage when a file cannot be read, or there is no certificate
   */
  static @Nullable Authorities read(Environment environment) {
    String file = environment.variable(FILE);
    String directories = environment.variable(DIRECTORIES);
    if (file == null && directories == null) {
      return null;
    }
    Authorities authorities = new Authorities();
    if (file != null) {
      authorities.addFile(file);
    }
    if (directories != null) {
      authorities.addDirectories(directories);
    }
    return authorities;
  }

  List<X509Certificate> certificates() {
    return List.copyOf(certificates);
  }

  /** The variables with their values, for messages. */
  String source() {
    return String.join(" and ", sources);
  }

  /** Returns a client that trusts these certificates alone. */
  OkHttpClient okHttpClient() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate certificate : certificates) {
        store.setCertificateEntry("ca-" + store.size(), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      TrustManager[] managers = trust.getTrustManagers();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return new OkHttpClient.Builder()
          .sslSocketFactory(context.getSocketFactory(), (X509TrustManager) managers[0])
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw CommandFailure.unexpected("TLS cannot be set up: " + e.getMessage());
    }
  }

  private void addFile(String file) {
    sources.add(FILE + "=" + file);
    try {
      addPem(path(FILE, file));
    } catch (IOException e) {
      throw failure(FILE, file, PrivateKeyFile.describe(e));
    }
    if (certificates.isEmpty()) {
      throw failure(FILE, file, "it has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }
  }

  private void addDirectories(String directories) {
    sources.add(DIRECTORIES + "=" + directories);
    Set<Path> read = new HashSet<>();
    for (String directory : directories.split(Pattern.quote(File.pathSeparator), -1)) {
      if (!directory.isEmpty()) {
        files(path(DIRECTORIES, directory)).forEach(file -> addOnce(file, read));
      }
    }
    if (certificates.isEmpty()) {
      throw failure(DIRECTORIES, directories, "no file there has a certificate in PEM");
    }
  }

  /** In one order on every system. A directory that is missing has none. */
  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private void addOnce(Path file, Set<Path> read) {
    try {
      if (read.add(file.toRealPath())) {
        addPem(file);
      }
    } catch (IOException e) {
      // One file among many that this user may not read, as in Go.
    }
  }

  private void addPem(Path file) throws IOException {
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(MAX_BYTES), ISO_8859_1);
    }
    Matcher matcher = CERTIFICATE.matcher(text);
    while (matcher.find()) {
      String base64 = matcher.group(1).replaceAll("\\s+", "");
      if (seen.add(base64)) {
        addCertificate(base64);
      }
    }
  }

  private void addCertificate(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
    } catch (CertificateException | IllegalArgumentException e) {
      // Java cannot read it, and the others still count, as in Go.
    }
  }

  private static Path path(String variable, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw failure(variable, value, "it is not a path on this system");
    }
  }

  private static CommandFailure failure(String variable, String value, String defect) {
    return CommandFailure.usage(
        variable + ": " + value + ": " + defect + "; change the variable or remove it");
  }
}
