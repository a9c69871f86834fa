package io.github.devicetunnel;

import io.github.devicetunnel.internal.proxy.ProxyServer;
import java.net.Proxy;
import java.time.Duration;
import java.util.Objects;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The transport settings of an application. Clients with equal settings share connections.
 *
 * @param okHttpClient the application's client, which is never shut down; null for one of the
 *     library
 * @param tls null for the trust of the JVM, or that of the application's client
 * @param proxy null for the proxies of the OkHttp client, if any
 * @param warmConnections number of warm connections
 * @param platformThreads maximum number of platform threads for connections, before virtual threads
 *     are used
 * @param maxConcurrentDials maximum number of dials at the same time
 * @param maxBackoff maximum delay after failed dials; zero for none
 * @param totalRateLimit bytes per second and direction of all connections; zero for no limit
 */
record TransportSettings(
    @Nullable OkHttpClient okHttpClient,
    @Nullable TlsSettings tls,
    @Nullable ProxySettings proxy,
    int warmConnections,
    int platformThreads,
    int maxConcurrentDials,
    Duration maxBackoff,
    long totalRateLimit) {

  /**
   * Returns settings with explicit default TLS settings, unless the application configured TLS or a
   * client. TLS failures can then be described in detail.
   */
  TransportSettings withTrust() {
    return okHttpClient == null && tls == null
        ? new TransportSettings(
            null,
            TlsSettings.builder().build(),
            proxy,
            warmConnections,
            platformThreads,
            maxConcurrentDials,
            maxBackoff,
            totalRateLimit)
        : this;
  }

  TransportSettings withoutWarmConnections() {
    return new TransportSettings(
        okHttpClient,
        tls,
        proxy,
        0,
        platformThreads,
        maxConcurrentDials,
        maxBackoff,
        totalRateLimit);
  }

  OkHttpClient client() {
    OkHttpClient.Builder builder =
        okHttpClient == null ? new OkHttpClient.Builder() : okHttpClient.newBuilder();
    if (proxy != null) {
      builder.proxy(Proxy.NO_PROXY); // the library connects to the proxy below OkHttp
    }
    return tls == null ? builder.build() : tls.applyTo(builder);
  }

  // Written by hand because Java keeps the class loader of a generated method; see
  // docs/rationale/threads-and-memory.md.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TransportSettings that
        && Objects.equals(okHttpClient, that.okHttpClient)
        && Objects.equals(tls, that.tls)
        && Objects.equals(proxy, that.proxy)
        && warmConnections == that.warmConnections
        && platformThreads == that.platformThreads
        && maxConcurrentDials == that.maxConcurrentDials
        && maxBackoff.equals(that.maxBackoff)
        && totalRateLimit == that.totalRateLimit;
  }

  @Override
  public int hashCode() {
    return Objects.hash(okHttpClient, tls, proxy, warmConnections, maxBackoff, totalRateLimit);
  }

  /** Returns null for a direct connection, and if OkHttp handles the proxy. */
  @Nullable ProxyServer proxyServer() {
    return proxy == null ? null : proxy.server();
  }

  boolean usesTlsToProxy() {
    return proxy != null && proxy.usesTls();
  }
}
