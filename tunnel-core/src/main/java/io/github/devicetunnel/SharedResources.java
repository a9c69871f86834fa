package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.Cancellations;
import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import io.github.devicetunnel.internal.concurrent.Daemons;
import io.github.devicetunnel.internal.concurrent.RateLimit;
import io.github.devicetunnel.internal.upgrade.Upgrader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The resources that the clients of one family share: HTTP client, timer thread, connection threads
 * and limits. Clients from {@link TunnelClient#newBuilder} with equal transport settings are a
 * family. Its last client releases the resources. Thread-safe.
 */
final class SharedResources {
  /** Shared by all families, so that a number identifies one connection in logs and events. */
  private static final AtomicLong CONNECTIONS = new AtomicLong();

  private final TransportSettings transport;
  private final ConnectionThreads threads;
  private final ScheduledThreadPoolExecutor timers;
  private final Cancellations cancellations;
  private final Admission dials;
  private final BackoffEvents backoffEvents = new BackoffEvents();
  private final Breakers breakers;
  private final @Nullable RateLimit upLimit;
  private final @Nullable RateLimit downLimit;

  private final Map<HttpUrl, WarmConnections> warm = new ConcurrentHashMap<>();

  private int users = 1; // guarded by this

  /**
   * Held while the upgrader is created, which reads certificate files. {@link #join} and {@link
   * #leave} use another lock and do not wait for that. Not a monitor, which would pin waiting
   * virtual threads on Java 21.
   */
  private final ReentrantLock creation = new ReentrantLock();

  private volatile @Nullable TlsSettings tls;
  private volatile @Nullable OkHttpClient okHttpClient;
  private volatile @Nullable Upgrader upgrader; // written under the lock

  /**
   * Creates the resources for their first client. Opens no connection. Starts the threads on which
   * every timeout depends, because none can be started while the system has no more threads.
   *
   * @param transport settings of the family; an {@code OkHttpClient} in them is not shut down
   */
  SharedResources(TransportSettings transport) {
    this.transport = transport;
    this.threads = new ConnectionThreads(transport.platformThreads());
    this.dials = new Admission(transport.maxConcurrentDials());
    this.upLimit = rateLimit(transport.totalRateLimit());
    this.downLimit = rateLimit(transport.totalRateLimit());
    this.breakers =
        new Breakers(
            transport.maxBackoff(),
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble(),
            backoffEvents);
    this.timers =
        new ScheduledThreadPoolExecutor(
            1,
            Daemons.factory("tunnel-timer"),
            // After the shutdown, no connection is left that needs a timer.
            new ThreadPoolExecutor.DiscardPolicy());
    timers.setRemoveOnCancelPolicy(true);
    boolean started = false;
    try {
      timers.prestartCoreThread();
      this.cancellations = new Cancellations(timers);
      started = true;
    } finally {
      if (!started) {
        timers.shutdown();
      }
    }
  }

  /** Adds a client. Returns false if the last client has left. */
  synchronized boolean join() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** Removes a client whose connections are closed. The last client releases the resources. */
  void leave() {
    synchronized (this) {
      if (--users > 0) {
        return;
      }
    }
    warm.values().forEach(WarmConnections::close);
    OkHttpClient made = okHttpClient;
    Upgrader closing = upgrader;
    // Planned timers still run, because a connection that was closed in its own callback may be
    // ending.
    timers.shutdown();
    threads.shutdown();
    cancellations.release();
    if (closing != null) {
      closing.close();
    }
    if (transport.okHttpClient() == null && made != null) {
      made.dispatcher().executorService().shutdown();
    }
  }

  /** Returns the settings as configured. */
  TransportSettings transport() {
    return transport;
  }

  /** Returns the TLS settings; null before the first dial, or if an OkHttpClient has its own. */
  @Nullable TlsSettings tls() {
    return tls;
  }

  /**
   * Returns the upgrader. The first call creates it, which takes 0.1 s in a new JVM because it
   * reads the trusted certificates of the system.
   *
   * @throws SSLException if the trusted certificates cannot be read
   */
  Upgrader upgrader() throws SSLException {
    creation.lock();
    try {
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
              client,
              threads.lookups(),
              transport.proxyServer(),
              transport.warmConnections(),
              timers,
              cancellations);
      upgrader = created;
      return created;
    } finally {
      creation.unlock();
    }
  }

  private TransportSettings withTrust() throws SSLException {
    try {
      return transport.withTrust();
    } catch (IllegalStateException e) {
      throw new SSLException(e.getMessage(), e);
    }
  }

  /**
   * Creates the upgrader in the background, before the first dial. Does not block.
   *
   * @return completed when the upgrader exists, or exceptionally; the first dial then fails for the
   *     same reason and reports it
   */
  CompletableFuture<Void> prepare() {
    return CompletableFuture.runAsync(
        () -> {
          threads.prepare();
          try {
            Upgrader unused = upgrader();
          } catch (SSLException e) {
            throw new CompletionException(e);
          }
        },
        threads.helpers());
  }

  /**
   * Keeps connections to a cloud warm until the resources are released, if the settings require it.
   * Does not block.
   *
   * @param probeTimeout timeout of a probe; the first client of a cloud determines it
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

  /** Replaces a warm connection that a granted tunnel may have taken. Does not block. */
  void upgraded(CloudUri cloud) {
    WarmConnections connections = warm.get(cloud.base());
    if (connections != null) {
      connections.used();
    }
  }

  private static @Nullable RateLimit rateLimit(long bytesPerSecond) {
    return bytesPerSecond == 0 ? null : new RateLimit(bytesPerSecond, System::nanoTime);
  }

  /** Returns the limits of one direction of a connection: its own, and that of all connections. */
  List<RateLimit> rateLimits(boolean up, long ofConnection) {
    return Stream.of(rateLimit(ofConnection), up ? upLimit : downLimit)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Returns the delays after failed dials. */
  Breakers breakers() {
    return breakers;
  }

  /** Returns the events of those delays. */
  BackoffEvents backoffEvents() {
    return backoffEvents;
  }

  /** Returns the limit of simultaneous dials of the family. */
  Admission dials() {
    return dials;
  }

  ConnectionThreads threads() {
    return threads;
  }

  /** Returns the executor for calls that close sockets, for the timer thread. */
  Cancellations cancellations() {
    return cancellations;
  }

  ScheduledThreadPoolExecutor timers() {
    return timers;
  }

  /** Returns the number of the next connection, unique in this process. */
  long nextConnection() {
    return CONNECTIONS.incrementAndGet();
  }
}
