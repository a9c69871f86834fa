package io.github.devicetunnel.it.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelSocketFactory;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TunnelledSockets;
import io.github.devicetunnel.it.support.WebServer;
import java.io.IOException;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests OkHttp against web servers through tunnels. */
final class OkHttpDriverTest {
  /** Names a service and not a host, so DNS cannot resolve it. */
  private static final String HOST = "gateway.invalid";

  @RegisterExtension final Leaks leaks = new Leaks();

  private static OkHttpClient.Builder client(TunnelledSockets sockets) {
    return new OkHttpClient.Builder()
        .socketFactory(sockets.factory())
        .dns(TunnelSocketFactory.dns());
  }

  private static Request.Builder request(String path) {
    return new Request.Builder().url("http://" + HOST + path);
  }

  private static String text(OkHttpClient client, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      return response.body().string();
    }
  }

  private static void close(OkHttpClient client) {
    client.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
  }

  @Test
  void reusesOneTunnelForManyPages() throws Exception {
    try (WebServer server = WebServer.started();
        TunnelledSockets sockets = TunnelledSockets.to(server.serviceAddress())) {
      OkHttpClient client = client(sockets).build();
      for (int i = 0; i < 10; i++) {
        assertThat(text(client, request("/page?" + i).build())).isEqualTo("page " + i + "\n");
      }
      assertThat(sockets.count()).isEqualTo(1);
      close(client);
    }
  }

  @Test
  void transfersLargeFiles() throws Exception {
    try (WebServer server = WebServer.started();
        TunnelledSockets sockets = TunnelledSockets.to(server.serviceAddress())) {
      OkHttpClient client = client(sockets).build();
      for (String path : List.of("/file", "/stream")) {
        try (Response response = client.newCall(request(path).build()).execute()) {
          assertThat(Digest.of(response.body().byteStream())).isEqualTo(WebServer.content());
        }
      }
      assertThat(text(client, request("/digest").post(new RandomBody()).build()))
          .isEqualTo(RandomBytes.digest(2, WebServer.COUNT).sha256());
      close(client);
    }
  }

  private static final class RandomBody extends RequestBody {
    @Override
    public MediaType contentType() {
      return MediaType.get("application/octet-stream");
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      try (Source source = Okio.source(new RandomBytes(2, WebServer.COUNT))) {
        sink.writeAll(source);
      }
    }
  }

  /**
   * OkHttp probes a pooled connection only after ten idle seconds. Before that, it retries the
   * request on a new connection.
   */
  @Test
  void retriesWhenPooledConnectionIsClosed() throws Exception {
    try (ClosingWebServer server = ClosingWebServer.started();
        TunnelledSockets sockets = TunnelledSockets.to(server.serviceAddress())) {
      OkHttpClient client = client(sockets).build();
      Request request = request("/").post(RequestBody.EMPTY).build();
      for (int i = 1; i <= 3; i++) {
        assertThat(text(client, request)).isEqualTo(ClosingWebServer.PAGE);
        sockets.awaitNoneOpen();
        assertThat(sockets.count()).isEqualTo(i);
      }
      close(client);
    }
  }

  /** The tunnel carries TLS records that it cannot decrypt. */
  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void carriesTlsEndToEnd(Protocol protocol) throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName(HOST).build();
    HandshakeCertificates serverTls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    HandshakeCertificates clientTls =
        new HandshakeCertificates.Builder()
            .addTrustedCertificate(certificate.certificate())
            .build();
    try (MockWebServer server = new MockWebServer()) {
      server.useHttps(serverTls.sslSocketFactory());
      server.start();
      String body = "x".repeat(1 << 20);
      try (TunnelledSockets sockets = TunnelledSockets.to("127.0.0.1:" + server.getPort())) {
        OkHttpClient client =
            client(sockets)
                .sslSocketFactory(clientTls.sslSocketFactory(), clientTls.trustManager())
                .protocols(
                    protocol == Protocol.HTTP_2
                        ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1)
                        : List.of(Protocol.HTTP_1_1))
                .build();
        for (int i = 0; i < 3; i++) {
          server.enqueue(new MockResponse.Builder().body(body).build());
          Request request = new Request.Builder().url("https://" + HOST).build();
          try (Response response = client.newCall(request).execute()) {
            assertThat(response.protocol()).isEqualTo(protocol);
            assertThat(response.handshake().peerCertificates())
                .containsExactly(certificate.certificate());
            assertThat(response.body().string()).isEqualTo(body);
          }
        }
        assertThat(sockets.count()).isEqualTo(1);
        close(client);
      }
    }
  }
}
