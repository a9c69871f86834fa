package io.github.devicetunnel.it.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClientAuthSocketFactory;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.NodeProxy;
import io.github.devicetunnel.it.support.ProxyProgram;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.ServerProgram;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.SourceService;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.CertificatePinner;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proxies that the client connects to over TLS. */
final class HttpsProxyTest {
  @TempDir Path folder;
  @RegisterExtension final Leaks leaks = new Leaks();
  private Path caFile;

  @BeforeEach
  void writeCaFile() throws IOException {
    caFile = Files.writeString(folder.resolve("ca.pem"), TestingCloud.certificate());
  }

  private TlsSettings.Builder trust() {
    return TlsSettings.builder().trustOnly(caFile);
  }

  @ParameterizedTest
  @EnumSource(names = {"TESTING", "TESTING_TLS", "NODE", "NODE_BARE_TLS"})
  void deliversAllBytesBothWays(CloudKind kind) throws Exception {
    int count = 4 << 20;
    try (EchoService service = EchoService.started();
        Cloud cloud = kind.start();
        NodeProxy proxy = NodeProxy.started();
        TunnelClient client =
            cloud.client(service).tls(trust().build()).proxy(proxy.settings()).build();
        LocalEnd end = LocalEnd.Entrance.LISTENER.open(client)) {
      Upload upload = Upload.start(end.out(), 1, count);
      assertThat(Digest.of(end.in(), count)).isEqualTo(RandomBytes.digest(1, count));
      upload.await();
    }
  }

  /** A missing close frame is an end of the stream only after the proxy's {@code close_notify}. */
  @ParameterizedTest
  @EnumSource(names = {"NODE_BARE", "NODE_BARE_TLS"})
  void missingCloseFrameIsEndOfStream(CloudKind kind) throws Exception {
    try (SourceService service = SourceService.started(7, 1 << 20);
        Cloud cloud = kind.start();
        NodeProxy proxy = NodeProxy.started();
        TunnelClient client =
            cloud.client(service).tls(trust().build()).proxy(proxy.settings()).build();
        TunnelStream stream = client.open()) {
      assertThat(Digest.of(stream.inputStream(), Long.MAX_VALUE)).isEqualTo(service.digest());
    }
  }

  /** A TLS record of the proxy takes longer to arrive than the liveness timeout. */
  @ParameterizedTest
  @EnumSource(names = {"TESTING", "TESTING_TLS"})
  void slowProxyRecordCountsAsLiveness(CloudKind kind) throws Exception {
    try (SourceService service = SourceService.started(5, 16_000);
        Cloud cloud = kind.start();
        NodeProxy proxy = NodeProxy.started();
        FaultProxy network = FaultProxy.start("https://localhost:" + proxy.port())) {
      network.faults(Direction.TOWARD_CLIENT).throttle(4_000);
      int port = URI.create(network.uri()).getPort();
      ProxySettings settings =
          ProxySettings.https("localhost", port).credentials(NodeProxy.USER, NodeProxy.PASSWORD);
      try (TunnelClient client =
              cloud
                  .client(service)
                  .tls(trust().build())
                  .proxy(settings)
                  .connectTimeout(Await.LONG)
                  .pingInterval(Duration.ofMillis(500))
                  .livenessTimeout(Duration.ofSeconds(2))
                  .build();
          TunnelStream stream = client.open()) {
        assertThat(Digest.of(stream.inputStream(), Long.MAX_VALUE)).isEqualTo(service.digest());
      }
    }
  }

  @Test
  void proxyHandshakeUsesSniWithoutClientCertificateOrPins() throws Exception {
    HeldCertificate client = new HeldCertificate.Builder().commonName("client").build();
    Path certificate =
        Files.writeString(
            folder.resolve("client.pem"), client.certificatePem() + client.privateKeyPkcs8Pem());
    try (EchoService service = EchoService.started();
        Cloud cloud = TestingCloud.started();
        NodeProxy proxy = NodeProxy.started();
        TunnelClient tunnelClient =
            cloud
                .client(service)
                .tls(
                    trust()
                        .clientCertificate(certificate, certificate)
                        .pin("localhost", CertificatePinner.pin(client.certificate()))
                        .build())
                .proxy(proxy.settings())
                .build();
        TunnelStream stream = tunnelClient.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      assertThat(proxy.nextRequest())
          .contains("\"sni\":\"localhost\"")
          .contains("\"certificate\":false")
          .contains("\"target\":\"" + cloud.uri().replace("ws://", "") + "\"");
    }
  }

  @Test
  void reportsMissingPassword() throws Exception {
    try (NodeProxy proxy = NodeProxy.started()) {
      assertThat(failure(proxy.open(), trust().build()))
          .startsWith(
              "the proxy localhost:N rejected the connection to cloud.invalid:443 with 407"
                  + " Required")
          .endsWith("it requires a user name and password, but none are set; set both");
    }
  }

  @Test
  void reportsWrongHostName() throws Exception {
    try (NodeProxy proxy = NodeProxy.started()) {
      assertThat(failure(ProxySettings.https("127.0.0.1", proxy.port()), trust().build()))
          .startsWith("the proxy 127.0.0.1:N presented a certificate for another host: CN=")
          .contains(" for localhost, self-signed, ")
          .endsWith("; check the host of the proxy");
    }
  }

  @Test
  void reportsUntrustedCa() throws Exception {
    HeldCertificate other = new HeldCertificate.Builder().certificateAuthority(0).build();
    Path file = Files.writeString(folder.resolve("other.pem"), other.certificatePem());
    TlsSettings tls = TlsSettings.builder().trustOnly(file).build();
    try (NodeProxy proxy = NodeProxy.started()) {
      assertThat(failure(proxy.settings(), tls))
          .startsWith("the proxy localhost:N presented a certificate of an untrusted authority: ")
          .endsWith("; if the authority is yours, trust its certificate too");
    }
  }

  @Test
  void reportsExpiredCertificate() throws Exception {
    long now = System.currentTimeMillis();
    HeldCertificate ca = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate expired =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("localhost")
            .validityInterval(now - 2_000_000, now - 1_000_000)
            .signedBy(ca)
            .build();
    Path file = Files.writeString(folder.resolve("ca-2.pem"), ca.certificatePem());
    try (Service proxy = tlsProxy(server(expired), "")) {
      assertThat(failure(at(proxy), TlsSettings.builder().trustOnly(file).build()))
          .startsWith("the proxy localhost:N presented a certificate that has expired: ")
          .endsWith("; ask its administrator to renew it");
    }
  }

  @Test
  void reportsRequiredClientCertificate() throws Exception {
    HeldCertificate held = held();
    SSLSocketFactory server =
        new ClientAuthSocketFactory(
            new HandshakeCertificates.Builder()
                .heldCertificate(held)
                .addTrustedCertificate(held.certificate())
                .build()
                .sslSocketFactory());
    Path file = Files.writeString(folder.resolve("held.pem"), held.certificatePem());
    try (Service proxy = tlsProxy(server, "")) {
      assertThat(failure(at(proxy), TlsSettings.builder().trustOnly(file).build()))
          .startsWith(
              "the proxy localhost:N requests a client certificate and ended the connection without"
                  + " one; use a proxy that accepts a user name and password (");
    }
  }

  /** Tinyproxy parses the handshake as the beginning of a request, and waits for the rest. */
  @Test
  void reportsProxyWithoutTls() throws Exception {
    try (ServerProgram proxy = ProxyProgram.TINYPROXY.start(folder)) {
      assertThat(failure(ProxySettings.https("localhost", proxy.port()), trust().build()))
          .matches(
              "no answer within 2 s, while performing the TLS handshake with the proxy"
                  + " localhost:N|the proxy localhost:N (does not use TLS|closed the connection"
                  + " during the TLS handshake); .*use http://.*");
    }
    Service.Script plain =
        socket -> {
          int unused = socket.getInputStream().read();
          socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
          Service.awaitEnd(socket);
        };
    try (Service proxy = Service.started(plain)) {
      assertThat(failure(at(proxy), trust().build()))
          .isEqualTo("the proxy localhost:N does not use TLS; use http:// for the proxy");
    }
  }

  @Test
  void reportsTlsProxyConfiguredWithoutTls() throws Exception {
    Service.Script alert =
        socket -> {
          int unused = socket.getInputStream().read();
          socket.getOutputStream().write(new byte[] {0x15, 3, 3, 0, 2, 2, 10});
          Service.awaitEnd(socket);
        };
    try (Service proxy = Service.started(alert)) {
      ProxySettings settings = ProxySettings.http("localhost", proxy.address().getPort());
      assertThat(failure(settings, trust().build()))
          .isEqualTo(
              "the proxy localhost:N answered the request for cloud.invalid:443 with TLS; use"
                  + " https:// for the proxy");
    }
  }

  @Test
  void timesOutWhenProxyIgnoresHandshake() throws Exception {
    try (Service proxy = Service.started(Service::awaitEnd)) {
      assertThat(failure(at(proxy), trust().build()))
          .isEqualTo(
              "no answer within 2 s, while performing the TLS handshake with the proxy"
                  + " localhost:N");
      Await.until(() -> proxy.open() == 0);
    }
  }

  /**
   * Half of the bytes, then a FIN without {@code close_notify}, which any host on the path can
   * forge.
   */
  @Test
  void truncatedProxyTlsFailsTunnel() throws Exception {
    HeldCertificate held = held();
    Path file = Files.writeString(folder.resolve("held.pem"), held.certificatePem());
    CompletableFuture<Void> finish = new CompletableFuture<>();
    ScriptedCloud.Script sendHalf =
        connection -> {
          connection.write(connection.granted(), ServerFrames.binary("half".getBytes(UTF_8)));
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendHalf);
        Service proxy =
            Service.started(
                socket -> {
                  SSLSocket tls = wrapInTls(server(held), socket);
                  readHead(tls);
                  tls.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
                  try (Socket inner =
                      new Socket(InetAddress.getLoopbackAddress(), cloudPort(cloud.uri()))) {
                    inner.getOutputStream().write(readHead(tls).getBytes(UTF_8));
                    byte[] buffer = new byte[4096];
                    int count = inner.getInputStream().read(buffer);
                    tls.getOutputStream().write(buffer, 0, count);
                    Await.get(finish);
                    socket.shutdownOutput();
                    Service.awaitEnd(socket);
                  }
                });
        TunnelClient client =
            client(at(proxy), TlsSettings.builder().trustOnly(file).build())
                .cloudUri(cloud.uri())
                .build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().readNBytes(4)).isEqualTo("half".getBytes(UTF_8));
      finish.complete(null);
      TunnelException e =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.CONNECTION_LOST);
      assertThat(e).hasMessageContaining("without close_notify");
    }
  }

  private static int cloudPort(String uri) {
    return Integer.parseInt(uri.replaceFirst(".*:(\\d+)/?$", "$1"));
  }

  private static HeldCertificate held() {
    return new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  }

  private static SSLSocketFactory server(HeldCertificate certificate) {
    return new HandshakeCertificates.Builder()
        .heldCertificate(certificate)
        .build()
        .sslSocketFactory();
  }

  private static SSLSocket wrapInTls(SSLSocketFactory factory, Socket socket) throws IOException {
    SSLSocket tls = (SSLSocket) factory.createSocket(socket, null, socket.getPort(), true);
    tls.setUseClientMode(false);
    return tls;
  }

  /** Starts a proxy that expects a TLS handshake, and accepts that the client aborts it. */
  private static Service tlsProxy(SSLSocketFactory factory, String answer) throws IOException {
    return Service.started(
        socket -> {
          SSLSocket tls = wrapInTls(factory, socket);
          try {
            String unused = readHead(tls);
            tls.getOutputStream().write(answer.getBytes(UTF_8));
          } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?is).*(certificate|reset|closed|handshake).*");
          }
        });
  }

  private static String readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static ProxySettings at(Service proxy) {
    return ProxySettings.https("localhost", proxy.address().getPort());
  }

  private static TunnelClient.Builder client(ProxySettings proxy, TlsSettings tls) {
    return TunnelClient.builder()
        .cloudUri("wss://cloud.invalid")
        .credentials(Credentials.apiKey(Cloud.KEY))
        .deviceId(Cloud.DEVICE)
        .serviceAddress("127.0.0.1:80")
        .tls(tls)
        .proxy(proxy);
  }

  /** Returns the failure message without its constant prefix, and with N for the port. */
  private static String failure(ProxySettings proxy, TlsSettings tls) {
    try (TunnelClient client = client(proxy, tls).connectTimeout(Duration.ofSeconds(2)).build()) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);
      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
      return e.getMessage()
          .replaceFirst("the cloud wss://cloud.invalid/ could not be reached: ", "")
          .replaceFirst("(localhost|127.0.0.1):\\d+", "$1:N");
    }
  }
}
