package io.github.devicetunnel.it.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.ClientAuthSocketFactory;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.CertificatePinner;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests which servers a client trusts, which certificate it presents, and how it reports a server
 * that it rejects.
 */
final class TlsFailureTest {
  private static final HeldCertificate CA = ca("Plant CA");
  private static final HeldCertificate OTHER_CA = ca("Other CA");
  private static final HeldCertificate SERVER = server().signedBy(CA).build();
  private static final HeldCertificate CLIENT =
      new HeldCertificate.Builder().commonName("client").signedBy(CA).build();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static HeldCertificate ca(String name) {
    return new HeldCertificate.Builder().certificateAuthority(0).commonName(name).build();
  }

  private static HeldCertificate.Builder server() {
    return new HeldCertificate.Builder()
        .commonName("cloud")
        .addSubjectAlternativeName("localhost")
        .addSubjectAlternativeName("127.0.0.1");
  }

  private static HandshakeCertificates.Builder identity(HeldCertificate certificate) {
    return new HandshakeCertificates.Builder().heldCertificate(certificate);
  }

  private static TestingCloud cloud(SSLSocketFactory tls) throws IOException {
    return TestingCloud.started(TestingCloud.builder().useHttps(tls));
  }

  /** Starts a cloud that requires a client certificate of the plant CA. */
  private static TestingCloud cloudForClients() throws IOException {
    SSLContext tls = identity(SERVER).addTrustedCertificate(CA.certificate()).build().sslContext();
    return cloud(new ClientAuthSocketFactory(tls.getSocketFactory()));
  }

  private Path pem(String name, String... parts) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("", parts));
  }

  private TlsSettings.Builder trustPlantCa() throws IOException {
    return TlsSettings.builder().trustOnly(pem("ca.pem", "Plant CA:\n", CA.certificatePem()));
  }

  private static void assertWorks(TestingCloud cloud, TlsSettings tls) throws IOException {
    try (EchoService service = EchoService.started();
        TunnelClient client = cloud.client(service).tls(tls).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
    }
  }

  /** Fails to open a tunnel, and returns the message without the prefix that all messages share. */
  private static String failure(Cloud cloud, TlsSettings tls) {
    try (TunnelClient client = cloud.client("127.0.0.1:80").tls(tls).build()) {
      return failure(cloud, client);
    }
  }

  private static String failure(Cloud cloud, TunnelClient client) {
    TunnelException e = catchThrowableOfType(TunnelException.class, client::open);
    assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
    assertThat(e.isRetryable()).isFalse();
    String start = "the cloud " + cloud.uri() + "/ could not be reached: ";
    assertThat(e.getMessage()).startsWith(start);
    return e.getMessage().substring(start.length());
  }

  private static String describe(HeldCertificate held, String names, String issuer) {
    X509Certificate certificate = held.certificate();
    return certificate.getSubjectX500Principal().getName()
        + names
        + ", issued by "
        + issuer
        + ", valid from "
        + certificate.getNotBefore().toInstant()
        + " to "
        + certificate.getNotAfter().toInstant();
  }

  private static Path cacerts() {
    return Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
  }

  @Test
  void trustsAuthoritiesInFile() throws Exception {
    try (TestingCloud cloud = cloud(identity(SERVER).build().sslSocketFactory())) {
      assertWorks(cloud, trustPlantCa().build());
      assertWorks(
          cloud,
          TlsSettings.builder()
              .trustAlso(pem("both.pem", OTHER_CA.certificatePem(), CA.certificatePem()))
              .build());
    }
  }

  @Test
  void reportsUnknownAuthority() throws Exception {
    Path file = pem("other.pem", OTHER_CA.certificatePem());
    String presented =
        "localhost presented a certificate of an untrusted authority (CN=Plant CA): "
            + describe(SERVER, " for localhost, 127.0.0.1", "CN=Plant CA")
            + " (trusted: ";
    try (TestingCloud cloud = cloud(identity(SERVER).build().sslSocketFactory())) {
      assertThat(failure(cloud, TlsSettings.builder().trustOnly(file).build()))
          .startsWith(presented + "only the authorities in " + file);
      assertThat(failure(cloud, TlsSettings.builder().trustAlso(file).build()))
          .startsWith(presented + "Java's authorities (" + cacerts() + ") and those in " + file);
      try (TunnelClient client = cloud.client("127.0.0.1:80").build()) {
        assertThat(failure(cloud, client)).startsWith(presented + "Java's authorities (");
      }
      assertThat(cloud.service().requestCount()).isZero();
    }
  }

  @Test
  void reportsSelfSignedCertificate() throws Exception {
    HeldCertificate own = server().build();
    try (TestingCloud cloud = cloud(identity(own).build().sslSocketFactory())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith("localhost presented a certificate of an untrusted authority")
          .contains("CN=cloud for localhost, 127.0.0.1, self-signed, valid from ");
      assertWorks(cloud, TlsSettings.builder().trustOnly(pem("own", own.certificatePem())).build());
    }
  }

  @Test
  void reportsExpiredAndFutureCertificates() throws Exception {
    long now = System.currentTimeMillis();
    long day = Duration.ofDays(1).toMillis();
    HeldCertificate old = server().signedBy(CA).validityInterval(now - 9 * day, now - day).build();
    HeldCertificate young =
        server().signedBy(CA).validityInterval(now + day, now + 9 * day).build();
    try (TestingCloud cloud = cloud(identity(old).build().sslSocketFactory())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith(
              "localhost presented a certificate that has expired: "
                  + describe(old, " for localhost, 127.0.0.1", "CN=Plant CA"));
    }
    try (TestingCloud cloud = cloud(identity(young).build().sslSocketFactory())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith(
              "localhost presented a certificate that is not valid yet: "
                  + describe(young, " for localhost, 127.0.0.1", "CN=Plant CA")
                  + "; check the clock of this machine, which shows "
                  + Instant.now().toString().substring(0, 10));
    }
  }

  @Test
  void reportsCertificateOfAnotherHost() throws Exception {
    HeldCertificate other =
        new HeldCertificate.Builder()
            .commonName("localhost")
            .addSubjectAlternativeName("other.example")
            .signedBy(CA)
            .build();
    HeldCertificate unnamed =
        new HeldCertificate.Builder().commonName("localhost").signedBy(CA).build();
    try (TestingCloud cloud = cloud(identity(other).build().sslSocketFactory())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith(
              "localhost presented a certificate for another host: "
                  + describe(other, " for other.example", "CN=Plant CA")
                  + "; check the host of the cloud URI");
    }
    try (TestingCloud cloud = cloud(identity(unnamed).build().sslSocketFactory())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith(
              "localhost presented a certificate for another host: "
                  + describe(unnamed, " without host names", "CN=Plant CA")
                  + "; check the host of the cloud URI");
    }
  }

  @Test
  void checksPins() throws Exception {
    String right = CertificatePinner.pin(SERVER.certificate());
    String wrong = CertificatePinner.pin(CLIENT.certificate());
    try (TestingCloud cloud = cloud(identity(SERVER).build().sslSocketFactory())) {
      assertWorks(cloud, trustPlantCa().pin("localhost", wrong).pin("localhost", right).build());
      assertWorks(cloud, trustPlantCa().pin("other.example", wrong).build());
      assertThat(failure(cloud, trustPlantCa().pin("localhost", wrong).build()))
          .startsWith(
              "localhost presented none of the pinned keys: CN=cloud "
                  + right
                  + ", expected "
                  + wrong);
    }
  }

  @Test
  void readsClientCertificateFromPem() throws Exception {
    try (TestingCloud cloud = cloudForClients()) {
      Path certificate = pem("client.pem", CLIENT.certificatePem());
      Path key = pem("client.key", CLIENT.privateKeyPkcs8Pem());
      assertWorks(cloud, trustPlantCa().clientCertificate(certificate, key).build());

      Path both = pem("both.pem", CLIENT.privateKeyPkcs8Pem(), CLIENT.certificatePem());
      assertWorks(cloud, trustPlantCa().clientCertificate(both, both).build());
    }
  }

  @Test
  void readsClientCertificateFromPkcs12() throws Exception {
    Path file = folder.resolve("client.p12");
    char[] password = "5ecret-of-p12".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate[] chain = {CLIENT.certificate()};
    store.setKeyEntry("client", CLIENT.keyPair().getPrivate(), password, chain);
    try (var out = Files.newOutputStream(file)) {
      store.store(out, password);
    }
    try (TestingCloud cloud = cloudForClients()) {
      char[] given = password.clone();
      TlsSettings tls = trustPlantCa().clientKeyStore(file, () -> given).build();

      assertWorks(cloud, tls);
      assertThat(given).containsOnly('\0');
    }
  }

  @Test
  void reportsMissingClientCertificate() throws Exception {
    try (TestingCloud cloud = cloudForClients()) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith(
              "localhost requires a client certificate issued by CN=Plant CA, but none is set; set"
                  + " one (");
    }
  }

  @Test
  void reportsClientCertificateOfAnotherAuthority() throws Exception {
    HeldCertificate other =
        new HeldCertificate.Builder().commonName("client").signedBy(OTHER_CA).build();
    Path file = pem("other.pem", other.certificatePem(), other.privateKeyPkcs8Pem());
    try (TestingCloud cloud = cloudForClients()) {
      assertThat(failure(cloud, trustPlantCa().clientCertificate(file, file).build()))
          .startsWith(
              "localhost requires a client certificate issued by CN=Plant CA, but the configured"
                  + " one is "
                  + describe(other, " without host names", "CN=Other CA")
                  + "; set one that it accepts (");
    }
  }

  @Test
  void reportsServerWithOldTls() throws Exception {
    // The alert protocol_version, with which such a server answers TLS 1.2.
    byte[] alert = {0x15, 3, 2, 0, 2, 2, 70};
    try (Service server = answering(alert);
        Cloud cloud = new CloudAt("wss://localhost:" + server.address().getPort())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .startsWith(
              "localhost supports neither TLS 1.2 nor TLS 1.3 (Received fatal alert:"
                  + " protocol_version)");
    }
  }

  @Test
  void reportsServerWithoutTls() throws Exception {
    try (Service server = answering("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
        Cloud cloud = new CloudAt("wss://localhost:" + server.address().getPort())) {
      assertThat(failure(cloud, trustPlantCa().build()))
          .isEqualTo(
              "localhost does not use TLS on this port; check the port, or use ws instead of wss");
    }
  }

  /** A cloud that the test has started itself. */
  private static final class CloudAt extends Cloud {
    private final String uri;

    private CloudAt(String uri) {
      this.uri = uri;
    }

    @Override
    public String uri() {
      return uri;
    }

    @Override
    public void close() {}
  }

  private static Service answering(byte[] bytes) throws IOException {
    return Service.started(
        socket -> {
          assertThat(socket.getInputStream().read()).isEqualTo(0x16);
          socket.getOutputStream().write(bytes);
          try {
            socket.getInputStream().readAllBytes();
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
          }
        });
  }
}
