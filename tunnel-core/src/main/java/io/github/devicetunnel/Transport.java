package io.github.devicetunnel;

import io.github.devicetunnel.websocket.ProxyServer;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
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
record Transport(
    @Nullable OkHttpClient okHttpClient,
    @Nullable TlsSettings tls,
    @Nullable ProxySettings proxy,
    int warmConnections,
    int platformThreads) {

  /** As many as OkHttp keeps by default, for those that are left by refused upgrades. */
  private static final int LEAST_IDLE = 5;

  /**
   * With our trust where it is not the application's business, so that failures can be explained.
   */
  Transport withTrust() {
    return okHttpClient == null && tls == null
        ? new Transport(
            null, TlsSettings.builder().build(), proxy, warmConnections, platformThreads)
        : this;
  }

  OkHttpClient client() {
    OkHttpClient.Builder builder = okHttpClient == null ? ownClient() : okHttpClient.newBuilder();
    return tls == null ? builder.build() : tls.applyTo(builder);
  }

  private OkHttpClient.Builder ownClient() {
    return new OkHttpClient.Builder()
        .connectionPool(
            new ConnectionPool(Math.max(LEAST_IDLE, warmConnections), 5, TimeUnit.MINUTES));
  }

  @Nullable ProxyServer proxyServer() {
    return proxy == null ? null : proxy.server();
  }
}
