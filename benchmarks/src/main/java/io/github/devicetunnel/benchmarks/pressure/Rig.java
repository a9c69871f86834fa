package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Common test components: an in-process cloud and a client. */
final class Rig {
  static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  static final String SERVICE = "127.0.0.1:80";
  static final String KEY = "ak_pressure";

  private Rig() {}

  static TunnelService cloud(InetSocketAddress service) throws IOException {
    return TunnelService.builder()
        .apiKey(KEY)
        .device(DEVICE)
        .route(DEVICE, SERVICE, service)
        .build()
        .start();
  }

  static TunnelClient.Builder client(String cloudUri) {
    return TunnelClient.builder()
        .cloudUri(cloudUri)
        .credentials(Credentials.apiKey(KEY))
        .deviceId(DEVICE)
        .serviceAddress(SERVICE);
  }

  static TunnelListener listen(TunnelClient client) throws IOException {
    return client.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
