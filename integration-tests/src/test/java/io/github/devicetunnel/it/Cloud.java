package io.github.devicetunnel.it;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;

/** A tunnelling service that a test can use: any key and device of its own choice, any service. */
abstract class Cloud implements AutoCloseable {
  static final String KEY = "ak_integration";
  static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  /** The base of its URLs. */
  abstract String uri();

  /** Ends it, and returns when its threads and sockets are gone. */
  @Override
  public abstract void close();

  /** A client for one service through this cloud, to be built. */
  TunnelClient.Builder client(String serviceAddress) {
    return TunnelClient.builder()
        .cloudUri(uri())
        .credentials(Credentials.apiKey(KEY))
        .deviceId(DEVICE)
        .serviceAddress(serviceAddress)
        .addEventListener(new TracedEvents());
  }

  /** As {@link #client(String)}. */
  TunnelClient.Builder client(TcpService service) {
    return client(service.serviceAddress());
  }
}
