package io.github.devicetunnel.cli.option;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
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
 * The certificates in {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}, read as OpenSSL and Go read
 * them: one file, and all files of one or more directories. A certificate that a directory contains
 * under its name and under its hash counts once. Other content is ignored.
 */
public final class Authorities {
  private static final String FILE = "SSL_CERT_FILE";
  private static final String DIRECTORIES = "SSL_CERT_DIR";

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

  /** The maximum number of bytes read from a file, many times the size of all public CAs. */
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
   * Reads both variables. An empty variable counts as unset.
   *
   * @return null if neither variable is set
   * @throws CommandFailure with {@link ExitCode#USAGE} if {@code SSL_CERT_FILE} cannot be read or
   *     contains no certificate, or if the directories are the only source and contain none
   */
  public static @Nullable Authorities read(Environment environment) {
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

  /** Returns the variables and their values, for messages. */
  String source() {
    return String.join(" and ", sources);
  }

  /** Returns a client that trusts only these certificates. */
  public OkHttpClient okHttpClient() {
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
      throw failure(FILE, file, "contains no PEM certificate (-----BEGIN CERTIFICATE-----)");
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
      throw failure(DIRECTORIES, directories, "none of the directories contains a PEM certificate");
    }
  }

  /**
   * Returns the files sorted by path, so that the order is the same on every system. Returns no
   * files if the directory cannot be read.
   */
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
      // Ignore a file that this user may not read, as Go does.
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
      // Ignore a certificate that Java cannot parse, as Go does, and use the others.
    }
  }

  private static Path path(String variable, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw failure(variable, value, "is not a valid path on this system");
    }
  }

  private static CommandFailure failure(String variable, String value, String defect) {
    return CommandFailure.usage(
        variable + ": " + value + ": " + defect + "; correct or unset the variable");
  }
}
