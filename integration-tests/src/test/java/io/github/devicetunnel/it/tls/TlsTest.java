package io.github.devicetunnel.it.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests tunnels over {@code wss}. {@code EveryByteTest} compares their bytes. */
final class TlsTest {
  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  /** HTTP/2 has no upgrade, and the OkHttpClient of the application has just used HTTP/2. */
  @Test
  void opensTunnelIfServerOffersHttp2() throws Exception {
    OkHttpClient okHttpClient = TestingCloud.trustingClient();
    try (EchoService service = EchoService.started();
        Cloud cloud = TestingCloud.startedWithTls();
        TunnelClient client = cloud.client(service).okHttpClient(okHttpClient).build()) {
      Request request =
          new Request.Builder().url(cloud.uri().replace("wss:", "https:") + "/").build();
      try (Response response = okHttpClient.newCall(request).execute()) {
        assertThat(response.protocol()).isEqualTo(Protocol.HTTP_2);
      }

      try (TunnelStream stream = client.open()) {
        stream.outputStream().write("hello".getBytes(UTF_8));
        assertThat(stream.inputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
      }
    } finally {
      okHttpClient.connectionPool().evictAll();
      okHttpClient.dispatcher().executorService().shutdown();
    }
  }

  @Test
  void rejectsUntrustedCertificate() throws Exception {
    try (TestingCloud cloud = TestingCloud.startedWithTls();
        TunnelClient client =
            cloud.client("127.0.0.1:80").okHttpClient(new OkHttpClient()).build()) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);

      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
      assertThat(e)
          .hasMessageContaining("the certificate of localhost is not trusted: PKIX")
          .hasCauseInstanceOf(SSLException.class);
      assertThat(cloud.service().requestCount()).isZero();
    }
  }

  /** JSSE alone omits a name without a dot, but servers with several certificates require it. */
  @Test
  void sendsServerNameWithoutDot() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    HandshakeCertificates identity =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    TlsSettings trust =
        TlsSettings.builder()
            .trustOnly(Files.writeString(folder.resolve("ca.pem"), certificate.certificatePem()))
            .build();
    try (SSLServerSocket server =
            (SSLServerSocket)
                identity
                    .sslContext()
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getByName("localhost"));
        TunnelClient client =
            TunnelClient.builder()
                .cloudUri("wss://localhost:" + server.getLocalPort())
                .credentials(Credentials.apiKey(Cloud.KEY))
                .deviceId(Cloud.DEVICE)
                .serviceAddress("127.0.0.1:80")
                .tls(trust)
                .build()) {
      CompletableFuture<List<SNIServerName>> names =
          CompletableFuture.supplyAsync(() -> requestedNames(server));

      assertThat(catchThrowableOfType(TunnelException.class, client::open)).isNotNull();

      assertThat(names.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS))
          .containsExactly(new SNIHostName("localhost"));
    }
  }

  private static List<SNIServerName> requestedNames(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
      return ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
