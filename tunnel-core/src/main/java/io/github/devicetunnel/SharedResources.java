package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import io.github.devicetunnel.internal.upgrade.Upgrader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * What the clients that come from one builder share: the way to the cloud, one thread for timers,
 * and the threads of connections. It goes with the last of them.
 */
final class SharedResources {
  /** Of all engines: a number must name one connection in logs and in events. */
  private static final AtomicLong CONNECTIONS = new AtomicLong();

  private final TransportSettings transport;
  private final ConnectionThreads threads;
  private final ScheduledThreadPoolExecutor timers;
  private final Admission dials;

  private final Map<HttpUrl, WarmConnections> warm = new ConcurrentHashMap<>();

  private int users = 1; // guarded by this

  /** Apart from the other lock, so that nobody who joins or leaves waits for files to be read. */
  private final Object making = new Object();

  private volatile @Nullable TlsSettings tls;
  private volatile @Nullable OkHttpClient okHttpClient;
  private volatile @Nullable Upgrader upgrader; // written under making

  /** On an application's OkHttpClient, or on one of its own, which it shuts down. */
  SharedResources(TransportSettings transport) {
    this.transport = transport;
    this.threads = new ConnectionThreads(transport.platformThreads());
    this.dials = new Admission(transport.maxConcurrentDials());
    this.timers =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "tunnel-timer");
              thread.setDaemon(true);
              return thread;
            },
            // After the shutdown there is no connection left that has to be watched.
            new ThreadPoolExecutor.DiscardPolicy());
    timers.setRemoveOnCancelPolicy(true);
    timers.setKeepAliveTime(1, TimeUnit.SECONDS);
    timers.allowCoreThreadTimeOut(true);
  }

  /** One more user, or false when the last one has gone. */
  synchronized boolean join() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** One user less. The last one calls this when all its connections are closed. */
  void leave() {
    synchronized (this) {
      if (--users > 0) {
        return;
      }
    }
    warm.values().forEach(WarmConnections::close);
    OkHttpClient made = okHttpClient;
    Upgrader closing = upgrader;
    // Not at once: a connection that was closed in its own callback still has its end bounded.
    timers.shutdown();
    threads.shutdown();
    if (closing != null) {
      closing.close();
    }
    if (transport.okHttpClient() == null && made != null) {
      made.dispatcher().executorService().shutdown();
    }
  }

  /** As it was asked for. */
  TransportSettings transport() {
    return transport;
  }

  /** Null where it is the business of an application's OkHttpClient, or nobody has dialled yet. */
  @Nullable TlsSettings tls() {
    return tls;
  }

  /**
   * Made by the first who asks, who waits for it: the certificates of a system and an HTTP client
   * take a tenth of a second in a young JVM.
   *
   * @throws SSLException when the certificates that this system trusts cannot be read
   */
  Upgrader upgrader() throws SSLException {
    synchronized (making) {
      Upgrader existing = upgrader;
      if (existing != null) {
        return existing;
      }
      TransportSettings complete = withTrust();
      tls = complete.tls();
      OkHttpClient client = complete.client();
      okHttpClient = client;
      Upgrader created =
          new Upgrader(
              client, threads.helpers(), transport.proxyServer(), transport.warmConnections());
      upgrader = created;
      return created;
    }
  }

  private TransportSettings withTrust() throws SSLException {
    try {
      return transport.withTrust();
    } catch (IllegalStateException e) {
      throw new SSLException(e.getMessage(), e);
    }
  }

  /** For those who will dial soon, and do something else before. Does not wait. */
  void prepare() {
    threads
        .helpers()
        .execute(
            () -> {
              try {
                Upgrader unused = upgrader();
              } catch (SSLException e) {
                // The first dial fails for the same reason, and tells it.
              }
            });
  }

  /**
   * Keeps connections to a cloud warm until the end, if the transport says so. Does not wait.
   *
   * @param probeTimeout of the first client of that cloud
   */
  void keepWarm(CloudUri cloud, Duration probeTimeout) {
    if (transport.warmConnections() > 0) {
      warm.computeIfAbsent(
              cloud.base(),
              url ->
                  new WarmConnections(
                      this::upgrader,
                      timers,
                      threads.helpers(),
                      url,
                      transport.warmConnections(),
                      probeTimeout))
          .start();
    }
  }

  /** A tunnel was granted, and one warm connection less may be there. Does not wait. */
  void upgraded(CloudUri cloud) {
    WarmConnections connections = warm.get(cloud.base());
    if (connections != null) {
      connections.used();
    }
  }

  /** Returns the limit of simultaneous dials. */
  Admission dials() {
    return dials;
  }

  ConnectionThreads threads() {
    return threads;
  }

  ScheduledThreadPoolExecutor timers() {
    return timers;
  }

  long nextConnection() {
    return CONNECTIONS.incrementAndGet();
  }
}
