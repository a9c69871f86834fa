package io.github.devicetunnel;

import io.github.devicetunnel.internal.proxy.ProxyServer;
import java.net.Proxy;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The way to the cloud as an application wants it. Clients with the same one share connections.
 *
 * @param okHttpClient the application's own, which is never shut down; null for one of ours
 * @param tls null for the system's trust, or that of the application's client
 * @param proxy null for none, or those of the application's client
 * @param warmConnections how many are kept idle for the next tunnels
 * @param platformThreads how many connections may have, before they have virtual ones
 */
record TransportSettings(
    @Nullable OkHttpClient okHttpClient,
    @Nullable TlsSettings tls,
    @Nullable ProxySettings proxy,
    int warmConnections,
    int platformThreads) {

  /**
   * With our trust where it is not the application's business, so that failures can be explained.
   */
  TransportSettings withTrust() {
    return okHttpClient == null && tls == null
        ? new TransportSettings(
            null, TlsSettings.builder().build(), proxy, warmConnections, platformThreads)
        : this;
  }

  OkHttpClient client() {
    OkHttpClient.Builder builder =
        okHttpClient == null ? new OkHttpClient.Builder() : okHttpClient.newBuilder();
    if (proxy != null) {
      builder.proxy(Proxy.NO_PROXY); // Ours is below OkHttp.
    }
    return tls == null ? builder.build() : tls.applyTo(builder);
  }

  /** Returns null for a direct connection, and where a proxy is the business of OkHttp. */
  @Nullable ProxyServer proxyServer() {
    return proxy == null ? null : proxy.server();
  }

  boolean usesTlsToProxy() {
    return proxy != null && proxy.usesTls();
  }
}
