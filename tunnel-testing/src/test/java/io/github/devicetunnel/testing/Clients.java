package io.github.devicetunnel.testing;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;

/** Creates services and clients as an application does. */
final class Clients {
  static final String KEY = "ak_test";
  static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  static final String OTHER = "017b7fddb124724840c1c7b8000000ff";
  static final String SERVICE = "127.0.0.1:80";

  /** A JWT that never expires, without its signature. */
  static final String UNSIGNED = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTk5fQ.";

  private Clients() {}

  static TunnelService.Builder service() {
    return TunnelService.builder().apiKey(KEY).device(DEVICE);
  }

  static TunnelClient.Builder client(TunnelService service) {
    return TunnelClient.builder()
        .cloudUri(service.uri())
        .credentials(Credentials.apiKey(KEY))
        .deviceId(DEVICE)
        .serviceAddress(SERVICE);
  }

  /** Echoes all bytes until the client ends its output. */
  static void echo(ServiceStream stream) throws Exception {
    stream.inputStream().transferTo(stream.outputStream());
  }
}
