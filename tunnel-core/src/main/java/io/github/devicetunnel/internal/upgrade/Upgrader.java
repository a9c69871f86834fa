package io.github.devicetunnel.internal.upgrade;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.devicetunnel.internal.net.CancellableDns;
import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.NoDelaySocketFactory;
import io.github.devicetunnel.internal.net.Product;
import io.github.devicetunnel.internal.net.UpgradeSslSocketFactory;
import io.github.devicetunnel.internal.proxy.ProxyDns;
import io.github.devicetunnel.internal.proxy.ProxyServer;
import io.github.devicetunnel.internal.proxy.ProxySocketFactory;
import io.github.devicetunnel.internal.proxy.ProxyTls;
import java.net.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.TlsVersion;
import org.jspecify.annotations.Nullable;

/** A factory for upgrades and other calls with one {@link OkHttpClient}. Thread-safe. */
public final class Upgrader implements CloudCalls.Transport {
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * The time for each address in sequence. Linux repeats its request after one and three seconds.
   */
  private static final Duration MAX_CONNECT = Duration.ofSeconds(4);

  /** The key of a client. Not a record; see docs/rationale/threads-and-memory.md. */
  private static final class Pooled {
    private final OkHttpClient client;
    private final ConnectionPool pool;
    private final boolean inSequence;

    Pooled(OkHttpClient client, ConnectionPool pool, boolean inSequence) {
      this.client = client;
      this.pool = pool;
      this.inSequence = inSequence;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Pooled that
          && client.equals(that.client)
          && pool.equals(that.pool)
          && inSequence == that.inSequence;
    }

    @Override
    public int hashCode() {
      return Objects.hash(client, pool, inSequence);
    }
  }

  private final OkHttpClient client;
  private final OkHttpClient warmingClient;
  private final OkHttpClient requestClient;
  private final CloudPools pools;
  private final Map<Pooled, OkHttpClient> clients = new ConcurrentHashMap<>();
  private final @Nullable ProxyServer proxy;
  private final @Nullable ProxyDns proxyDns;
  private final @Nullable ProxyTls proxyTls;
  private final ScheduledExecutorService timers;
  private final Executor cancellations;

  /** Set once: OkHttp never recovers from a failure to start a thread. */
  private volatile boolean inSequence;

  private volatile boolean closed;

  /**
   * Derives a client for upgrades from another client, which may be the application's. The proxies,
   * trust, DNS and interceptors of the other client remain in effect, and the other client is not
   * changed. Connections are kept in separate pools.
   *
   * @param lookups runs DNS lookups, which can hang
   * @param proxy replaces the proxies of the base client; null keeps them
   * @param idle maximum number of idle connections to one cloud; zero keeps none
   * @param timers enforces timeouts
   * @param cancellations cancels calls, which runs event listeners of the base client
   * @throws SSLException if TLS to the proxy cannot be initialized
   */
  public Upgrader(
      OkHttpClient base,
      Executor lookups,
      @Nullable ProxyServer proxy,
      int idle,
      ScheduledExecutorService timers,
      Executor cancellations)
      throws SSLException {
    this.timers = timers;
    this.cancellations = cancellations;
    this.pools = new CloudPools(idle);
    CancellableDns dns = new CancellableDns(base.dns(), lookups);
    this.proxy = proxy;
    this.proxyDns = proxy == null ? null : new ProxyDns(proxy, dns);
    this.proxyTls = proxy != null && proxy.usesTls() ? new ProxyTls(base) : null;
    OkHttpClient common =
        withUpgradeSockets(base)
            .proxy(proxy == null ? base.proxy() : Proxy.NO_PROXY)
            // HTTP/2 has no upgrade, and OkHttp would negotiate HTTP/2 during the TLS handshake.
            .protocols(List.of(Protocol.HTTP_1_1))
            .dns(proxyDns == null ? dns : proxyDns)
            .connectionSpecs(base.connectionSpecs().stream().map(Upgrader::withoutOldTls).toList())
            .socketFactory(
                new NoDelaySocketFactory(base.socketFactory(), Proxy.NO_PROXY.equals(base.proxy())))
            // Upgrade and WarmUp enforce one timeout. Those of OkHttp depend on a thread that Okio
            // starts when needed, and would also apply after the upgrade.
            .callTimeout(Duration.ZERO)
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .pingInterval(Duration.ZERO)
            .cache(null)
            .build();
    // Added last, closest to the network, so that it sees the unmodified response.
    this.client = common.newBuilder().addNetworkInterceptor(new UpgradeInterceptor()).build();
    this.warmingClient =
        common
            .newBuilder()
            .followRedirects(false)
            .authenticator(Authenticator.NONE)
            .addNetworkInterceptor(new RendezvousInterceptor())
            .build();
    OkHttpClient.Builder requests =
        common
            .newBuilder()
            // A redirect, or the application's authenticator, could send a credential elsewhere.
            .followRedirects(false)
            .authenticator(Authenticator.NONE)
            .addNetworkInterceptor(new CloudNetworkInterceptor());
    requests.interceptors().add(0, new CloudInterceptor());
    this.requestClient = requests.build();
  }

  /**
   * Prepares a request.
   *
   * @param url the URL, with http or https in place of ws or wss
   * @param headers the headers of the application; the headers of RFC 6455 section 4.1 are added
   * @param authorization the value of the header Authorization, which is a secret
   * @param timeout from DNS to the response; zero means no timeout
   * @param pooledTimeout maximum wait for the response on a pooled connection, after which the
   *     request is sent on a new one; limited to half of the timeout
   */
  public Upgrade upgrade(
      HttpUrl url,
      Headers headers,
      String authorization,
      Duration timeout,
      Duration pooledTimeout) {
    Authorization secret = new Authorization(authorization);
    DialProgress progress = new DialProgress(proxy == null ? null : proxy.address());
    Duration half = Duration.ofNanos(NANOSECONDS.convert(timeout) / 2);
    boolean useHalf = !timeout.isZero() && half.compareTo(pooledTimeout) < 0;
    PooledConnection pooled = new PooledConnection(progress, useHalf ? half : pooledTimeout);
    String product = headers.get("User-Agent");
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .headers(headers)
            .header("User-Agent", product == null ? Product.USER_AGENT : product)
            // OkHttp provides the socket only for this exact value.
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            // Error bodies are read by a network interceptor, before OkHttp decompresses responses.
            .header("Accept-Encoding", "identity")
            .tag(Authorization.class, secret)
            .tag(PooledConnection.class, pooled);
    return new Upgrade(
        new Calls(url, progress, request), timeout, secret, progress, timers, cancellations);
  }

  /** The calls of one upgrade. */
  private final class Calls implements Upgrade.Calls {
    private final HttpUrl url;
    private final DialProgress progress;
    private final Request.Builder request;

    Calls(HttpUrl url, DialProgress progress, Request.Builder request) {
      this.url = url;
      this.progress = progress;
      this.request = request;
    }

    @Override
    public Call next(Upgrade upgrade, boolean fresh) {
      return call(
          client,
          fresh ? pools.none() : pools.of(url),
          progress,
          request.header("Sec-WebSocket-Key", key()).tag(Upgrade.class, upgrade).build());
    }

    @Override
    public void evictIdle() {
      pools.evict(url);
    }

    @Override
    public void connectInSequence() {
      inSequence = true;
    }

    @Override
    public boolean connectsInSequence() {
      return inSequence;
    }
  }

  /**
   * Prepares to open connections and leave them in the pool for the next upgrades.
   *
   * @param url the URL of the server, with http or https
   * @param count number of connections, at least 1
   * @param timeout for all connections together
   * @param pooledTimeout maximum wait for the response on a connection that is already in the pool
   */
  public WarmUp warmUp(HttpUrl url, int count, Duration timeout, Duration pooledTimeout) {
    Rendezvous gathering = new Rendezvous(count, timeout);
    List<WarmUp.Opening> openings =
        IntStream.range(0, count).mapToObj(i -> opening(url, gathering, pooledTimeout)).toList();
    return new WarmUp(openings, gathering, timeout, cancellations, () -> evictIfClosed(url));
  }

  private WarmUp.Opening opening(HttpUrl url, Rendezvous gathering, Duration pooledTimeout) {
    DialProgress progress = new DialProgress(proxy == null ? null : proxy.address());
    Request request =
        new Request.Builder()
            .url(url)
            .tag(Rendezvous.class, gathering)
            .tag(PooledConnection.class, new PooledConnection(progress, pooledTimeout))
            .build();
    Call call = call(warmingClient, pools.of(url), progress, request);
    return new WarmUp.Opening(call, progress);
  }

  @Override
  public Call call(Request request, CloudCalls calls, Duration timeout) {
    DialProgress progress = DialProgress.ofRequest(proxy == null ? null : proxy.address());
    HttpUrl url = request.url();
    CloudCall state =
        new CloudCall(calls, progress, timeout, timers, cancellations, () -> evictIfClosed(url));
    return call(
        requestClient,
        pools.ofRequests(url),
        progress,
        request.newBuilder().tag(CloudCall.class, state).build());
  }

  private Call call(
      OkHttpClient common, ConnectionPool pool, DialProgress progress, Request request) {
    Call call = client(common, pool, progress).newCall(request);
    call.addEventListener(progress);
    return call;
  }

  /** Closes the idle connections, now and when a round of warm connections has ended. */
  public void close() {
    closed = true;
    pools.evictAll();
  }

  private void evictIfClosed(HttpUrl url) {
    if (closed) {
      pools.evict(url);
    }
  }

  /**
   * Returns a client with the pool. OkHttp does not pass the call to a socket factory, so each dial
   * through a proxy has its own client. The pool ignores the socket factory, so these clients share
   * connections.
   */
  private OkHttpClient client(OkHttpClient common, ConnectionPool pool, DialProgress dial) {
    boolean sequential = inSequence;
    if (proxy == null || proxyDns == null) {
      return clients.computeIfAbsent(
          new Pooled(common, pool, sequential),
          key -> connecting(common, sequential).connectionPool(pool).build());
    }
    return connecting(common, sequential)
        .connectionPool(pool)
        .socketFactory(new ProxySocketFactory(proxy, proxyTls, proxyDns, dial))
        .build();
  }

  /** Without threads of OkHttp, an address that does not answer must not use up the timeout. */
  private static OkHttpClient.Builder connecting(OkHttpClient common, boolean sequential) {
    OkHttpClient.Builder builder = common.newBuilder();
    return sequential ? builder.fastFallback(false).connectTimeout(MAX_CONNECT) : builder;
  }

  /**
   * Adds {@code UpgradeSslSocket}s for TLS. For plaintext, the socket factory creates the sockets.
   */
  private static OkHttpClient.Builder withUpgradeSockets(OkHttpClient base) {
    OkHttpClient.Builder builder = base.newBuilder();
    X509TrustManager trust = base.x509TrustManager(); // null if the client has no TLS
    return trust == null
        ? builder
        : builder.sslSocketFactory(new UpgradeSslSocketFactory(base.sslSocketFactory()), trust);
  }

  /** Excludes versions before TLS 1.2, even if the application's client allows them. */
  private static ConnectionSpec withoutOldTls(ConnectionSpec spec) {
    if (!spec.isTls()) {
      return spec;
    }
    Set<TlsVersion> versions = EnumSet.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
    if (spec.tlsVersions() != null) {
      versions.retainAll(spec.tlsVersions());
    }
    TlsVersion[] left = versions.toArray(TlsVersion[]::new);
    return new ConnectionSpec.Builder(spec).tlsVersions(left).build();
  }

  private static String key() {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return Base64.getEncoder().encodeToString(nonce);
  }
}
