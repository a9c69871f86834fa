package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.TunnelSocketFactory;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TunnelledSockets;
import io.github.devicetunnel.it.support.WebServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Apache HttpClient 5 and the JDK's web server, connected through tunnels. */
final class HttpClientDriverTest {
  private static final String URL = "http://gateway.invalid";

  @RegisterExtension final Leaks leaks = new Leaks();

  /**
   * The client queries the socket options of the JDK once, by a call that leaves three sockets to
   * the garbage collector.
   */
  @BeforeAll
  static void querySocketOptions() throws Exception {
    Class.forName(DefaultHttpClientConnectionOperator.class.getName());
  }

  private static CloseableHttpClient client(TunnelledSockets sockets) {
    return builder(sockets).disableAutomaticRetries().build();
  }

  private static HttpClientBuilder builder(TunnelledSockets sockets) {
    ConnectionConfig validateEachTime =
        ConnectionConfig.custom().setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS).build();
    PoolingHttpClientConnectionManager connections =
        new TunnelledConnections(sockets.factory())
            .setDnsResolver(new NoDns())
            .setDefaultConnectionConfig(validateEachTime)
            .build();
    return HttpClients.custom().setConnectionManager(connections);
  }

  /** Installs a socket factory in the client. */
  private static final class TunnelledConnections
      extends PoolingHttpClientConnectionManagerBuilder {
    private final TunnelSocketFactory sockets;

    TunnelledConnections(TunnelSocketFactory sockets) {
      this.sockets = sockets;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver dns, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          proxy -> sockets.createSocket(),
          ports,
          dns,
          RegistryBuilder.<TlsSocketStrategy>create().register("https", tls).build());
    }
  }

  private static final class NoDns implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return TunnelSocketFactory.dns().lookup(host).toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  private static String text(CloseableHttpClient client, ClassicHttpRequest request)
      throws IOException {
    return client.execute(request, response -> EntityUtils.toString(response.getEntity(), UTF_8));
  }

  @Test
  void pagesShareOneConnection() throws Exception {
    try (WebServer server = WebServer.started();
        TunnelledSockets sockets = TunnelledSockets.to(server.serviceAddress());
        CloseableHttpClient client = client(sockets)) {
      for (int i = 0; i < 10; i++) {
        assertThat(text(client, new HttpGet(URL + "/page?" + i))).isEqualTo("page " + i + "\n");
      }
      assertThat(sockets.count()).isEqualTo(1);
    }
  }

  @Test
  void largeTransfersAreComplete() throws Exception {
    try (WebServer server = WebServer.started();
        TunnelledSockets sockets = TunnelledSockets.to(server.serviceAddress());
        CloseableHttpClient client = client(sockets)) {
      for (String path : new String[] {"/file", "/stream"}) {
        HttpGet get = new HttpGet(URL + path);
        assertThat(
                client.<Digest>execute(
                    get, response -> Digest.of(response.getEntity().getContent())))
            .isEqualTo(WebServer.content());
      }
      HttpPost post = new HttpPost(URL + "/digest");
      post.setEntity(
          new InputStreamEntity(
              new RandomBytes(2, WebServer.COUNT), ContentType.APPLICATION_OCTET_STREAM));
      assertThat(text(client, post)).isEqualTo(RandomBytes.digest(2, WebServer.COUNT).sha256());
    }
  }

  /** The client checks whether a pooled connection is still open. */
  @Test
  void closedPooledConnectionIsReplaced() throws Exception {
    try (ClosingWebServer server = ClosingWebServer.started();
        TunnelledSockets sockets = TunnelledSockets.to(server.serviceAddress());
        CloseableHttpClient client = client(sockets)) {
      for (int i = 1; i <= 3; i++) {
        assertThat(text(client, new HttpPost(URL))).isEqualTo(ClosingWebServer.PAGE);
        long used = System.currentTimeMillis();
        sockets.awaitNoneOpen();
        // The client does not check a connection that it has used in the same millisecond.
        Await.until(() -> System.currentTimeMillis() > used + 1);
        assertThat(sockets.count()).isEqualTo(i);
      }
    }
  }

  /**
   * With the client's default retry strategy. The client keeps only the message of the exception.
   */
  @Test
  void rejectedTunnelIsNotRetried() throws Exception {
    try (TunnelledSockets sockets = TunnelledSockets.rejected("rejected-http");
        CloseableHttpClient client = builder(sockets).build()) {
      Throwable failure = catchThrowable(() -> text(client, new HttpGet(URL)));

      assertThat(sockets.count()).isEqualTo(1);
      assertThat(failure)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("the cloud rejected the tunnel")
          .hasMessageContaining("403");
    }
  }
}
