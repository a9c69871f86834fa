package io.github.devicetunnel.internal.upgrade;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;

/**
 * The pools of idle connections, one for each cloud, separate from the pool of the application's
 * client. Thread-safe.
 */
final class CloudPools {
  private static final long KEEP_ALIVE_MINUTES = 5;

  private final int idle;
  private final ConnectionPool none = pool(0);
  private final Map<HttpUrl, ConnectionPool> pools = new ConcurrentHashMap<>();

  /**
   * Creates empty pools.
   *
   * @param idle maximum number of idle connections to one cloud; zero closes a connection as soon
   *     as it is not in use
   */
  CloudPools(int idle) {
    this.idle = idle;
  }

  private static ConnectionPool pool(int idle) {
    return new ConnectionPool(idle, KEEP_ALIVE_MINUTES, TimeUnit.MINUTES);
  }

  /** Returns the pool for one cloud. */
  ConnectionPool of(HttpUrl url) {
    return idle == 0 ? none : pools.computeIfAbsent(origin(url), key -> pool(idle));
  }

  /** Returns a pool that never contains an idle connection, for a dial that requires a new one. */
  ConnectionPool none() {
    return none;
  }

  /** Closes the idle connections to one cloud. */
  void evict(HttpUrl url) {
    none.evictAll(); // An Error of OkHttp can leave a connection there.
    of(url).evictAll();
  }

  /** Closes all idle connections. */
  void evictAll() {
    none.evictAll();
    pools.values().forEach(ConnectionPool::evictAll);
  }

  private static HttpUrl origin(HttpUrl url) {
    return new HttpUrl.Builder().scheme(url.scheme()).host(url.host()).port(url.port()).build();
  }
}
