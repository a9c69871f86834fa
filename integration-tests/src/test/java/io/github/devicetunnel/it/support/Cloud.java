package io.github.devicetunnel.it.support;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;

/**
 * A tunnelling service for tests. It accepts {@link #KEY} and {@link #DEVICE}, with any service.
 */
public abstract class Cloud implements AutoCloseable {
  public static final String KEY = "ak_integration";
  public static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  /** Returns the base URI of the cloud. */
  public abstract String uri();

  /** Closes the cloud, and returns when its threads have ended and its sockets are closed. */
  @Override
  public abstract void close();

  /** Returns a builder for a client that reaches one service through this cloud. */
  public TunnelClient.Builder client(String serviceAddress) {
    return TunnelClient.builder()
        .cloudUri(uri())
        .credentials(Credentials.apiKey(KEY))
        .deviceId(DEVICE)
        .serviceAddress(serviceAddress)
        .addEventListener(new TracedEvents());
  }

  /** As {@link #client(String)}. */
  public TunnelClient.Builder client(GatewayService service) {
    return client(service.serviceAddress());
  }
}
