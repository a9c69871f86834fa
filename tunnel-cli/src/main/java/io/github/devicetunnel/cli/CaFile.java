package io.github.devicetunnel.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Trust in the certificates of a file, besides those that the system trusts. */
final class CaFile {
  static final String OPTION = "--ca-file";

  private CaFile() {}

  static OkHttpClient trusting(String file) {
    Collection<? extends Certificate> certificates = read(file);
    try {
      X509TrustManager trustManager = trustManager(certificates);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, new TrustManager[] {trustManager}, null);
      return new OkHttpClient.Builder()
          .sslSocketFactory(tls.getSocketFactory(), trustManager)
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw refused(file, "it cannot be used, " + e.getMessage());
    }
  }

  private static Collection<? extends Certificate> read(String file) {
    Collection<? extends Certificate> certificates;
    try {
      InputStream in = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)));
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    } catch (NoSuchFileException | InvalidPathException e) {
      throw refused(file, "there is no such file");
    } catch (AccessDeniedException e) {
      throw refused(file, "you may not read it");
    } catch (IOException e) {
      throw refused(file, "it cannot be read, " + e.getMessage());
    } catch (CertificateException e) {
      throw refused(file, "it does not hold certificates in PEM, " + e.getMessage());
    }
    if (certificates.isEmpty()) {
      throw refused(file, "it holds no certificate");
    }
    return certificates;
  }

  private static X509TrustManager trustManager(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    int count = 0;
    for (Certificate certificate : trustManager((KeyStore) null).getAcceptedIssuers()) {
      trusted.setCertificateEntry("system-" + count++, certificate);
    }
    for (Certificate certificate : certificates) {
      trusted.setCertificateEntry("file-" + count++, certificate);
    }
    return trustManager(trusted);
  }

  /**
   * @param trusted null for what the system trusts
   */
  private static X509TrustManager trustManager(@Nullable KeyStore trusted)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static CommandFailure refused(String file, String defect) {
    return CommandFailure.usage(OPTION + ": " + file + ": " + defect);
  }
}
