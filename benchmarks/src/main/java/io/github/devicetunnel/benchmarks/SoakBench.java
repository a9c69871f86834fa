package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** A service, a cloud with {@code ws} or {@code wss}, and a client with a listener. */
final class SoakBench implements AutoCloseable {
  private static final String KEY = "ak_soak";
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  private final SoakService service;
  private final TunnelService cloud;
  private final OkHttpClient okHttpClient;
  private final TunnelClient client;
  private final TunnelListener listener;

  private SoakBench(SoakService service, TunnelService cloud, OkHttpClient okHttpClient)
      throws IOException {
    this.service = service;
    this.cloud = cloud.start();
    this.okHttpClient = okHttpClient;
    this.client =
        TunnelClient.builder()
            .cloudUri(cloud.uri())
            .credentials(Credentials.apiKey(KEY))
            .deviceId(DEVICE)
            .serviceAddress(service.serviceAddress())
            .okHttpClient(okHttpClient)
            .pingInterval(Duration.ofSeconds(1))
            .drainTimeout(Duration.ZERO)
            .build();
    this.listener = client.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  static SoakBench start(boolean tls) throws IOException {
    TunnelService.Builder cloud = TunnelService.builder().apiKey(KEY).device(DEVICE).dialLoopback();
    OkHttpClient.Builder okHttpClient = new OkHttpClient.Builder();
    if (tls) {
      HeldCertificate held =
          new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
      HandshakeCertificates server =
          new HandshakeCertificates.Builder().heldCertificate(held).build();
      HandshakeCertificates trusting =
          new HandshakeCertificates.Builder().addTrustedCertificate(held.certificate()).build();
      cloud.useHttps(server.sslSocketFactory());
      okHttpClient.sslSocketFactory(trusting.sslSocketFactory(), trusting.trustManager());
    }
    return new SoakBench(SoakService.start(), cloud.build(), okHttpClient.build());
  }

  TunnelClient client() {
    return client;
  }

  TunnelListener listener() {
    return listener;
  }

  String cloudUri() {
    return cloud.uri();
  }

  @Override
  public void close() throws IOException {
    client.close();
    cloud.close();
    service.close();
    okHttpClient.connectionPool().evictAll();
    okHttpClient.dispatcher().executorService().shutdown();
  }
}
