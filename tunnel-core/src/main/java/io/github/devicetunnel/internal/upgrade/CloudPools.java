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

  /** Longer than an application needs between two requests of a sequence. */
  private static final long REQUEST_KEEP_ALIVE_SECONDS = 10;

  private final int idle;
  private final ConnectionPool none = pool(0);
  private final Map<HttpUrl, ConnectionPool> pools = new ConcurrentHashMap<>();

  /** Keeps one connection between the requests of a sequence. */
  private final ConnectionPool requests =
      new ConnectionPool(1, REQUEST_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);

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

  /**
   * Returns the pool for requests that are not upgrades. Without warm connections, it is a separate
   * pool, so that upgrades never use its idle connection.
   */
  ConnectionPool ofRequests(HttpUrl url) {
    return idle == 0 ? requests : of(url);
  }

  /** Returns a pool that never contains an idle connection, for a dial that requires a new one. */
  ConnectionPool none() {
    return none;
  }

  /** Closes the idle connections to one cloud. */
  void evict(HttpUrl url) {
    none.evictAll(); // An Error of OkHttp can leave a connection there.
    of(url).evictAll();
    requests.evictAll();
  }

  /** Closes all idle connections. */
  void evictAll() {
    none.evictAll();
    requests.evictAll();
    pools.values().forEach(ConnectionPool::evictAll);
  }

  private static HttpUrl origin(HttpUrl url) {
    return new HttpUrl.Builder().scheme(url.scheme()).host(url.host()).port(url.port()).build();
  }
}
