package io.github.devicetunnel.it.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests certificates of a trusted authority that Java rejects: the message names the true cause.
 */
final class TlsChainTest {
  private static final HeldCertificate ROOT =
      new HeldCertificate.Builder().certificateAuthority(1).commonName("Root CA").build();
  private static final HeldCertificate INTERMEDIATE =
      new HeldCertificate.Builder()
          .certificateAuthority(0)
          .commonName("Intermediate CA")
          .signedBy(ROOT)
          .build();
  private static final HeldCertificate SERVER =
      new HeldCertificate.Builder()
          .commonName("cloud")
          .addSubjectAlternativeName("localhost")
          .signedBy(INTERMEDIATE)
          .build();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static TestingCloud cloud(HeldCertificate server, X509Certificate... intermediates)
      throws IOException {
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(server, intermediates).build();
    return TestingCloud.started(TestingCloud.builder().useHttps(tls.sslSocketFactory()));
  }

  private TunnelClient client(Cloud cloud, Path authority, EchoService service) {
    return cloud.client(service).tls(TlsSettings.builder().trustOnly(authority).build()).build();
  }

  private String failure(Cloud cloud, Path authority) throws IOException {
    try (EchoService service = EchoService.started();
        TunnelClient client = client(cloud, authority, service)) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);
      assertThat(e.isRetryable()).isFalse();
      return e.getMessage();
    }
  }

  private Path root() throws IOException {
    return Files.writeString(folder.resolve("root.pem"), ROOT.certificatePem());
  }

  @Test
  void reportsMissingIntermediateCertificate() throws Exception {
    try (TestingCloud cloud = cloud(SERVER)) {
      assertThat(failure(cloud, root()))
          .contains("presented a certificate of an untrusted authority (CN=Intermediate")
          .endsWith(
              "; if the authority is yours, trust its certificate too; if it is an intermediate"
                  + " authority, the server must send its certificate too");
    }
    try (TestingCloud cloud = cloud(SERVER, INTERMEDIATE.certificate());
        EchoService service = EchoService.started();
        TunnelClient client = client(cloud, root(), service);
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
    }
  }

  /** The authority was created again, while clients trust its old certificate. */
  @Test
  void reportsAuthorityWithAnotherKey() throws Exception {
    HeldCertificate recreated =
        new HeldCertificate.Builder().certificateAuthority(1).commonName("Root CA").build();
    HeldCertificate server =
        new HeldCertificate.Builder()
            .commonName("cloud")
            .addSubjectAlternativeName("localhost")
            .signedBy(recreated)
            .build();
    try (TestingCloud cloud = cloud(server)) {
      assertThat(failure(cloud, root()))
          .contains(
              "untrusted authority (CN=Root CA, whose trusted certificate has another key): CN=cl",
              "; if the authority is yours, trust its certificate too");
    }
  }

  /** An extension in the syntax of OpenSSL, and a part of the message. */
  @ParameterizedTest
  @CsvSource({
    "extendedKeyUsage=clientAuth, was not issued for TLS servers",
    "extendedKeyUsage=codeSigning, was not issued for TLS servers",
    "keyUsage=keyCertSign, is not acceptable",
    "keyUsage=cRLSign, is not acceptable"
  })
  void reportsCertificateForOtherPurposes(String extension, String text) throws Exception {
    openssl("-x509 -newkey rsa:2048 -keyout ca.key -out ca.pem -subj /CN=Plant");
    openssl(
        "-x509 -CA ca.pem -CAkey ca.key -newkey rsa:2048 -keyout server.key -out server.pem -subj"
            + " /CN=cloud -addext subjectAltName=DNS:localhost -addext "
            + extension);
    HeldCertificate server =
        HeldCertificate.decode(
            Files.readString(folder.resolve("server.pem"))
                + Files.readString(folder.resolve("server.key")));

    try (TestingCloud cloud = cloud(server)) {
      assertThat(failure(cloud, folder.resolve("ca.pem")))
          .contains("localhost presented a certificate that " + text + " (")
          .contains("CN=cloud for localhost, issued by CN=Plant")
          .contains("; ask its administrator ")
          .doesNotContain("trust its certificate");
    }
  }

  private void openssl(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Externals.program("openssl"), "req", "-nodes"));
    command.addAll(List.of(arguments.split(" ", -1)));
    ProgramRun.in(folder, command).succeed();
  }
}
