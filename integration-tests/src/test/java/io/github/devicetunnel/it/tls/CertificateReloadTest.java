package io.github.devicetunnel.it.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.ClientAuthSocketFactory;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Hangup;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Certificates that are renewed while the program runs, with a cloud that requires a client
 * certificate.
 */
@EnabledOnOs(OS.LINUX)
final class CertificateReloadTest {
  private static final HeldCertificate SERVER =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private static final HeldCertificate EXPIRED = new HeldCertificate.Builder().build();
  private static final HeldCertificate RENEWED = new HeldCertificate.Builder().build();

  @TempDir private Path folder;
  private TestingCloud cloud;
  private Path config;
  private Path ca;
  private Path certificate;
  private Path key;

  @BeforeEach
  void start() throws IOException {
    HandshakeCertificates certificates =
        new HandshakeCertificates.Builder()
            .heldCertificate(SERVER)
            .addTrustedCertificate(RENEWED.certificate())
            .build();
    cloud =
        TestingCloud.started(
            TestingCloud.builder()
                .useHttps(new ClientAuthSocketFactory(certificates.sslSocketFactory())));
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect("127.0.0.1:80", s -> s.inputStream().transferTo(s.outputStream()));
    config = Files.writeString(folder.resolve("c.yaml"), "drain-timeout: 1s\n");
    ca = folder.resolve("ca.pem");
    certificate = folder.resolve("client.pem");
    key = folder.resolve("client.key");
    Hangup.assumeNotIgnored();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private TunnelProgram started(String... extraOptions) throws IOException {
    List<String> options = new ArrayList<>(List.of("--config=" + config, "--ca-file=" + ca));
    options.addAll(List.of(extraOptions));
    return TunnelProgram.withoutTerminal(
        folder, TunnelProgram.settings(cloud), options.toArray(String[]::new));
  }

  private TunnelProgram startedWithCertificateAndKey() throws IOException {
    return started("--client-cert=" + certificate, "--client-key=" + key);
  }

  private void write(HeldCertificate authority, HeldCertificate client) throws IOException {
    Files.writeString(ca, authority.certificatePem());
    Files.writeString(certificate, client.certificatePem());
    Files.writeString(key, client.privateKeyPkcs8Pem());
  }

  private static void assertTunnelWorks(int port) throws IOException {
    try (Socket socket = TunnelProgram.connectAndExchange(port)) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  @Test
  void renewedClientCertificateIsUsed() throws Exception {
    write(SERVER, EXPIRED);
    try (TunnelProgram program = startedWithCertificateAndKey()) {
      int port = program.awaitPort();
      TunnelProgram.connectAndExpectClose(port);

      write(SERVER, RENEWED);
      program.signal(folder, "HUP");
      program.await("Reloaded .*ca\\.pem, .*client\\.pem, .*client\\.key for new connections");

      assertTunnelWorks(port);
    }
  }

  @Test
  void renewedCaIsTrusted() throws Exception {
    write(EXPIRED, RENEWED);
    try (TunnelProgram program = startedWithCertificateAndKey()) {
      int port = program.awaitPort();
      TunnelProgram.connectAndExpectClose(port);

      write(SERVER, RENEWED);
      program.signal(folder, "HUP");
      program.await("Reloaded .* for new connections");

      assertTunnelWorks(port);
    }
  }

  /** Covers a renewal that has replaced the certificate but not yet the key. */
  @Test
  void mismatchedCertificateAndKeyChangeNothing() throws Exception {
    write(SERVER, RENEWED);
    try (TunnelProgram program = startedWithCertificateAndKey()) {
      int port = program.awaitPort();

      Files.writeString(certificate, EXPIRED.certificatePem());
      program.signal(folder, "HUP");
      program.await("tunnel: --client-key: .*the key does not match the certificate in ");
      program.await("The certificates are unchanged");

      assertTunnelWorks(port);
    }
  }

  @Test
  void missingCertificateFileChangesNothing() throws Exception {
    Files.writeString(ca, SERVER.certificatePem());
    Files.writeString(certificate, RENEWED.certificatePem() + RENEWED.privateKeyPkcs8Pem());
    try (TunnelProgram program = started("--client-cert=" + certificate)) {
      int port = program.awaitPort();

      Files.delete(certificate);
      program.signal(folder, "HUP");
      program.await("tunnel: --client-cert: .*client\\.pem: the file does not exist");
      program.await("The certificates are unchanged");

      assertTunnelWorks(port);
    }
  }

  /** The reload looks up a name with a client of its own. */
  @Test
  void reloadWithNameOfDirectoryReplacesCertificates() throws Exception {
    cloud.service().device(Cloud.DEVICE).name("gate-1");
    Files.writeString(
        config, "tunnels: [{listen: '127.0.0.1:0', device: gate-1, service: '127.0.0.1:80'}]\n");
    write(SERVER, RENEWED);
    try (TunnelProgram program = startedWithCertificateAndKey()) {
      int port = program.awaitPort();
      assertTunnelWorks(port);

      write(EXPIRED, RENEWED);
      program.signal(folder, "HUP");
      program.await("Reloaded .* for new connections");

      TunnelProgram.connectAndExpectClose(port);
    }
  }

  @Test
  void openConnectionSurvivesReload() throws Exception {
    write(SERVER, RENEWED);
    try (TunnelProgram program = startedWithCertificateAndKey()) {
      int port = program.awaitPort();
      try (Socket kept = TunnelProgram.connectAndExchange(port)) {
        write(EXPIRED, EXPIRED);
        program.signal(folder, "HUP");
        program.await("Reloaded .* for new connections");

        kept.getOutputStream().write('x');
        assertThat(kept.getInputStream().read()).isEqualTo('x');
        TunnelProgram.connectAndExpectClose(port);
      }
    }
  }
}
