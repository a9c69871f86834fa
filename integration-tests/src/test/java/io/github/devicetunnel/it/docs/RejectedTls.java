package io.github.devicetunnel.it.docs;

import static io.github.devicetunnel.it.docs.RejectionScene.failure;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.it.support.ClientAuthSocketFactory;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.CertificatePinner;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Scenes with servers that the client does not trust, or that do not trust the client. */
final class RejectedTls {
  private static final HeldCertificate CA = authority("Plant CA");
  private static final HeldCertificate OTHER_CA = authority("Other CA");

  private RejectedTls() {}

  private static HeldCertificate authority(String name) {
    return new HeldCertificate.Builder().certificateAuthority(0).commonName(name).build();
  }

  private static HeldCertificate.Builder server() {
    return new HeldCertificate.Builder().commonName("cloud").addSubjectAlternativeName("localhost");
  }

  /** Sets the TLS settings of one scene. */
  private interface Settings {
    void applyTo(TlsSettings.Builder tls) throws IOException;
  }

  static Map<String, RejectionScene> scenes() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    long now = System.currentTimeMillis();
    long day = Duration.ofDays(1).toMillis();
    HeldCertificate good = server().signedBy(CA).build();
    scenes.put(
        "a server of an unknown authority",
        f -> withServer(f, server().signedBy(OTHER_CA).build(), tls -> {}));
    scenes.put(
        "a server with a self-signed certificate", f -> withServer(f, server().build(), tls -> {}));
    scenes.put(
        "a server with an expired certificate",
        f ->
            withServer(
                f,
                server().signedBy(CA).validityInterval(now - 9 * day, now - day).build(),
                tls -> {}));
    scenes.put(
        "a server with a certificate that is not valid yet",
        f ->
            withServer(
                f,
                server().signedBy(CA).validityInterval(now + day, now + 9 * day).build(),
                tls -> {}));
    scenes.put(
        "a server with a certificate for another host",
        f ->
            withServer(
                f,
                new HeldCertificate.Builder()
                    .commonName("other")
                    .addSubjectAlternativeName("other.example")
                    .signedBy(CA)
                    .build(),
                tls -> {}));
    scenes.put(
        "a server without the pinned key",
        f ->
            withServer(
                f,
                good,
                tls -> tls.pin("localhost", CertificatePinner.pin(OTHER_CA.certificate()))));
    scenes.put("a missing client certificate", f -> requiresClients(f, good, tls -> {}));
    scenes.put(
        "a client certificate of another authority",
        f -> {
          HeldCertificate client =
              new HeldCertificate.Builder().commonName("client").signedBy(OTHER_CA).build();
          Path file =
              Files.writeString(
                  f.resolve("client.pem"), client.certificatePem() + client.privateKeyPkcs8Pem());
          return requiresClients(f, good, tls -> tls.clientCertificate(file, file));
        });
    // The alert protocol_version, from a server that supports only TLS 1.1 or older.
    scenes.put("a server with old TLS", f -> answers(f, new byte[] {0x15, 3, 2, 0, 2, 2, 70}));
    scenes.put("a server without TLS", f -> answers(f, "HTTP/1.1 400 Bad\r\n\r\n".getBytes(UTF_8)));
    return scenes;
  }

  private static String withServer(Path folder, HeldCertificate server, Settings settings)
      throws Exception {
    HandshakeCertificates tls = new HandshakeCertificates.Builder().heldCertificate(server).build();
    return dial(folder, tls.sslSocketFactory(), settings);
  }

  private static String requiresClients(Path folder, HeldCertificate server, Settings settings)
      throws Exception {
    SSLContext tls =
        new HandshakeCertificates.Builder()
            .heldCertificate(server)
            .addTrustedCertificate(CA.certificate())
            .build()
            .sslContext();
    return dial(folder, new ClientAuthSocketFactory(tls.getSocketFactory()), settings);
  }

  private static String dial(Path folder, SSLSocketFactory tls, Settings settings)
      throws Exception {
    TunnelService.Builder service = TunnelService.builder().apiKey(Cloud.KEY).useHttps(tls);
    try (TunnelService cloud = service.build().start()) {
      return dial(folder, cloud.uri(), settings);
    }
  }

  private static String answers(Path folder, byte[] answer) throws Exception {
    Service.Script script =
        socket -> {
          int unused = socket.getInputStream().read();
          socket.getOutputStream().write(answer);
          Service.awaitEnd(socket);
        };
    try (Service server = Service.started(script)) {
      return dial(folder, "wss://localhost:" + server.address().getPort(), tls -> {});
    }
  }

  private static String dial(Path folder, String uri, Settings settings) throws Exception {
    Path trusted = Files.writeString(folder.resolve("ca.pem"), CA.certificatePem());
    TlsSettings.Builder tls = TlsSettings.builder().trustOnly(trusted);
    settings.applyTo(tls);
    TunnelClient.Builder builder =
        TunnelClient.builder()
            .cloudUri(uri)
            .credentials(Credentials.apiKey(Cloud.KEY))
            .deviceId(Cloud.DEVICE)
            .serviceAddress("127.0.0.1:80")
            .tls(tls.build());
    try (TunnelClient client = builder.build()) {
      return failure(client::open);
    }
  }
}
