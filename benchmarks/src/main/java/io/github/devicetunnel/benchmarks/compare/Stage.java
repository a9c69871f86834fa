package io.github.devicetunnel.benchmarks.compare;

import io.github.devicetunnel.benchmarks.machine.SlowPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;

/**
 * The environment of the peers: the service, and a cloud in a separate process, optionally behind a
 * slow path.
 */
final class Stage implements AutoCloseable {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String LOOPBACK = "127.0.0.1";
  private static final String PASSWORD = "benchmark";

  private final String near;
  private final String far;
  private final LoadService service;
  private final Process cloud;
  private final String url;
  private final Path caFile;

  private Stage(
      String near, String far, LoadService service, Process cloud, String url, Path caFile) {
    this.near = near;
    this.far = far;
    this.service = service;
    this.cloud = cloud;
    this.url = url;
    this.caFile = caFile;
  }

  static Stage set(boolean tls, Path folder, @Nullable SlowPath path)
      throws IOException, GeneralSecurityException {
    String near = path == null ? LOOPBACK : path.near();
    String far = path == null ? LOOPBACK : path.far();
    LoadService service = LoadService.start(InetAddress.getByName(near));
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
                LoadCloud.class.getName(),
                near));
    if (tls) {
      command.add(certificate(folder, caFile, far).toString());
      command.add(PASSWORD);
    }
    Process cloud =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(cloud.getInputStream(), "US-ASCII"));
    int port = Integer.parseInt(lines.readLine());
    String url =
        (tls ? "wss://" : "ws://")
            + far
            + ":"
            + port
            + "/v3/devices/"
            + DEVICE
            + "/services/"
            + near
            + ":"
            + service.address().getPort()
            + "/connection";
    return new Stage(near, far, service, cloud, url, caFile);
  }

  private static Path certificate(Path folder, Path caFile, String host)
      throws IOException, GeneralSecurityException {
    HeldCertificate authority =
        new HeldCertificate.Builder().certificateAuthority(0).commonName("benchmark").build();
    HeldCertificate held =
        new HeldCertificate.Builder().signedBy(authority).addSubjectAlternativeName(host).build();
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

  /** Returns the address that servers at the end of the path listen on. */
  String near() {
    return near;
  }

  /** Returns the address that clients use to reach servers at the end of the path. */
  String far() {
    return far;
  }

  int servicePort() {
    return service.address().getPort();
  }

  /** Returns the full URL of a connection. */
  String url() {
    return url;
  }

  /** Returns the file with the CA certificate of a wss cloud. */
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
