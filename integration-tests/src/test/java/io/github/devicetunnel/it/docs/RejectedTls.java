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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.CertificatePinner;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Scenes with servers that the client does not trust, or that do not trust the client. */
final class RejectedTls {
  private static final HeldCertificate CA = authority("Plant CA");
  private static final HeldCertificate OTHER_CA = authority("Other CA");
  private static final String CLOUD =
      "the cloud wss://localhost:{port}/ could not be reached: localhost ";

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

  static RejectionScenes scenes() {
    RejectionScenes scenes = new RejectionScenes();
    long now = System.currentTimeMillis();
    long day = Duration.ofDays(1).toMillis();
    HeldCertificate good = server().signedBy(CA).build();
    scenes.add(
        "a server of an unknown authority",
        CLOUD
            + "presented a certificate of an untrusted authority (CN=Other CA): CN=cloud for"
            + " localhost, issued by CN=Other CA, valid from {time} to {time} (trusted: only the"
            + " authorities in {file}); if the authority is yours, trust its certificate too; if"
            + " it is an intermediate authority, the server must send its certificate too",
        f -> withServer(f, server().signedBy(OTHER_CA).build(), tls -> {}));
    scenes.add(
        "a server with a self-signed certificate",
        CLOUD
            + "presented a certificate of an untrusted authority (CN=cloud): CN=cloud for"
            + " localhost, self-signed, valid from {time} to {time} (trusted: only the"
            + " authorities in {file}); if the authority is yours, trust its certificate too",
        f -> withServer(f, server().build(), tls -> {}));
    scenes.add(
        "a server with an expired certificate",
        CLOUD
            + "presented a certificate that has expired: CN=cloud for localhost, issued by"
            + " CN=Plant CA, valid from {time} to {time}; ask its administrator to renew it",
        f ->
            withServer(
                f,
                server().signedBy(CA).validityInterval(now - 9 * day, now - day).build(),
                tls -> {}));
    scenes.add(
        "a server with a certificate that is not valid yet",
        CLOUD
            + "presented a certificate that is not valid yet: CN=cloud for localhost, issued by"
            + " CN=Plant CA, valid from {time} to {time}; check the clock of this machine, which"
            + " shows {time}",
        f ->
            withServer(
                f,
                server().signedBy(CA).validityInterval(now + day, now + 9 * day).build(),
                tls -> {}));
    scenes.add(
        "a server with a certificate for another host",
        CLOUD
            + "presented a certificate for another host: CN=other for other.example, issued by"
            + " CN=Plant CA, valid from {time} to {time}; check the host of the cloud URI",
        f ->
            withServer(
                f,
                new HeldCertificate.Builder()
                    .commonName("other")
                    .addSubjectAlternativeName("other.example")
                    .signedBy(CA)
                    .build(),
                tls -> {}));
    scenes.add(
        "a server without the pinned key",
        CLOUD
            + "presented none of the pinned keys: CN=cloud {pin}, expected {pin}; if its"
            + " operator replaced the key, pin the new one",
        f ->
            withServer(
                f,
                good,
                tls -> tls.pin("localhost", CertificatePinner.pin(OTHER_CA.certificate()))));
    scenes.add(
        "a missing client certificate",
        CLOUD
            + "requires a client certificate issued by CN=Plant CA, but none is set; set one"
            + " ({reason})",
        f -> requiresClients(f, good, tls -> {}));
    scenes.add(
        "a client certificate of another authority",
        CLOUD
            + "requires a client certificate issued by CN=Plant CA, but the configured one is"
            + " CN=client without host names, issued by CN=Other CA, valid from {time} to"
            + " {time}; set one that it accepts ({reason})",
        f -> {
          HeldCertificate client =
              new HeldCertificate.Builder().commonName("client").signedBy(OTHER_CA).build();
          Path file =
              Files.writeString(
                  f.resolve("client.pem"), client.certificatePem() + client.privateKeyPkcs8Pem());
          return requiresClients(f, good, tls -> tls.clientCertificate(file, file));
        });
    // The alert protocol_version, from a server that supports only TLS 1.1 or older.
    scenes.add(
        "a server with old TLS",
        CLOUD
            + "supports neither TLS 1.2 nor TLS 1.3 (Received fatal alert: protocol_version);"
            + " ask its administrator to update it",
        f -> answers(f, new byte[] {0x15, 3, 2, 0, 2, 2, 70}));
    scenes.add(
        "a server without TLS",
        CLOUD + "does not use TLS on this port; check the port, or use ws instead of wss",
        f -> answers(f, "HTTP/1.1 400 Bad\r\n\r\n".getBytes(UTF_8)));
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
