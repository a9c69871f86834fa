package io.github.devicetunnel.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import javax.net.ssl.SSLException;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code wss} adds. Its bytes are compared by {@link EveryByteTest}. */
final class TlsTest {
  @RegisterExtension final Leaks leaks = new Leaks();

  /** There is no upgrade in HTTP/2, and the application's client has just spoken it. */
  @Test
  void serverThatOffersHttp2() throws Exception {
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
  void certificateOfNobodyWeTrust() throws Exception {
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
}
