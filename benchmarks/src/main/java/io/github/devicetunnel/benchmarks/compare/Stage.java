package io.github.devicetunnel.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import okhttp3.tls.HeldCertificate;

/** What stands around the peers: the service, and a cloud in a process of its own. */
final class Stage implements AutoCloseable {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String PASSWORD = "benchmark";

  private final LoadService service;
  private final Process cloud;
  private final String url;
  private final Path caFile;

  private Stage(LoadService service, Process cloud, String url, Path caFile) {
    this.service = service;
    this.cloud = cloud;
    this.url = url;
    this.caFile = caFile;
  }

  static Stage set(boolean tls, Path folder) throws IOException, GeneralSecurityException {
    LoadService service = LoadService.start();
    Path caFile = folder.resolve("ca.pem");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LoadCloud.class.getName()));
    if (tls) {
      command.add(certificate(folder, caFile).toString());
      command.add(PASSWORD);
    }
    Process cloud =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(cloud.getInputStream(), "US-ASCII"));
    int port = Integer.parseInt(lines.readLine());
    String url =
        (tls ? "wss://localhost:" : "ws://127.0.0.1:")
            + port
            + "/v3/devices/"
            + DEVICE
            + "/services/127.0.0.1:"
            + service.address().getPort()
            + "/connection";
    return new Stage(service, cloud, url, caFile);
  }

  private static Path certificate(Path folder, Path caFile)
      throws IOException, GeneralSecurityException {
    HeldCertificate authority =
        new HeldCertificate.Builder().certificateAuthority(0).commonName("benchmark").build();
    HeldCertificate held =
        new HeldCertificate.Builder()
            .signedBy(authority)
            .addSubjectAlternativeName("localhost")
            .addSubjectAlternativeName("127.0.0.1")
            .build();
    Files.writeString(caFile, authority.certificatePem());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "cloud",
        held.keyPair().getPrivate(),
        PASSWORD.toCharArray(),
        new Certificate[] {held.certificate(), authority.certificate()});
    Path file = folder.resolve("cloud.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  InetSocketAddress service() {
    return service.address();
  }

  /** The whole URL of a connection. */
  String url() {
    return url;
  }

  /** Where the certificate of a wss cloud's authority is. */
  Path caFile() {
    return caFile;
  }

  static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public void close() throws IOException {
    service.close();
    cloud.destroyForcibly();
  }
}
