package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.local.ListeningSocket;
import io.github.devicetunnel.internal.local.TcpListeningSocket;
import io.github.devicetunnel.internal.local.UnixListeningSocket;
import io.github.devicetunnel.internal.upgrade.Libraries;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A client that opens tunnels to services on devices. Create one client and reuse it. Pass a {@link
 * Target} to each call, such as {@link #open(Target)} and {@link #listen(InetSocketAddress,
 * Target)}, or set a default target in the builder. To create clients with other settings that
 * share connections and threads, use {@link #newBuilder}.
 *
 * <pre>{@code
 * try (TunnelClient client = TunnelClient.builder()
 *         .cloudUri("wss://api.us-east-1.mbedcloud.com")
 *         .credentials(Credentials.apiKey(key))
 *         .deviceId("017b7fddb124724840c1c7b800000000")
 *         .serviceAddress("127.0.0.1:80")
 *         .build();
 *     TunnelListener listener = client.listen(new InetSocketAddress("127.0.0.1", 0))) {
 *   // connect to listener.localAddress()
 * }
 * }</pre>
 *
 * <p>This class is thread-safe. All threads of the library are daemon threads.
 */
public final class TunnelClient implements AutoCloseable {
  /** Interval between attempts without backoff. */
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

  /** Pause while another dial is the probe. */
  private static final Duration MIN_PAUSE = Duration.ofMillis(50);

  private final SharedResources resources;
  private final Settings settings;
  private final ClientEvents events;
  private final ClientLife life;
  private final Admission connections;
  private final RestApi restApi;

  private TunnelClient(SharedResources resources, Settings settings) {
    this.resources = resources;
    this.settings = settings;
    this.events = new ClientEvents(settings.eventListeners());
    this.life = new ClientLife(resources, events);
    this.connections = new Admission(settings.maxConnections());
    this.restApi = new RestApi(resources, settings, life);
    resources.keepWarm(settings.cloudUri(), settings.timeouts().reusedConnectionTimeout());
  }

  /**
   * Returns a builder for a client with its own {@code OkHttpClient} and threads.
   *
   * @return a builder with default settings
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder for another client with the same settings. The new client shares this
   * client's connections to the cloud and its threads, unless the builder changes {@link
   * Builder#okHttpClient}, {@link Builder#tls}, {@link Builder#proxy}, {@link
   * Builder#warmConnections}, {@link Builder#platformThreads}, {@link Builder#maxConcurrentDials},
   * {@link Builder#maxBackoff} or {@link Builder#totalRateLimit}. Closing one of the clients does
   * not close the other.
   *
   * @return a builder with this client's settings
   */
  public Builder newBuilder() {
    return new Builder(this);
  }

  /**
   * Listens for local TCP connections and forwards each through its own tunnel. A rejected or
   * failed tunnel resets its local connection and affects no other connection.
   *
   * @param address a resolved address; port 0 selects a free port. For a wildcard address, the
   *     library logs a warning, because every machine on the network can then reach the service
   * @return a listener that accepts connections
   * @throws IOException if the address is unresolved or cannot be bound; the message contains the
   *     address
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public TunnelListener listen(InetSocketAddress address) throws IOException {
    return listen(address, settings.target());
  }

  /**
   * Listens for local TCP connections like {@link #listen(InetSocketAddress)}, and forwards them to
   * the given target.
   *
   * @param address a resolved address; port 0 selects a free port
   * @param target device and service of the tunnels
   * @return a listener that accepts connections
   * @throws IOException if the address is unresolved or cannot be bound; the message contains the
   *     address
   * @throws IllegalStateException if this client is closed
   */
  public TunnelListener listen(InetSocketAddress address, Target target) throws IOException {
    life.checkOpen();
    return listenOn(TcpListeningSocket.bind(address, TunnelListener.BACKLOG), target);
  }

  /**
   * Listens on a unix socket, and forwards connections like {@link #listen(InetSocketAddress)}.
   * Only the owner of this process may connect: the socket has mode 0600 from its creation. Closing
   * the listener removes the file. The socket file of a program that has ended is replaced.
   *
   * <p>A unix socket has no reset. To the local client, a failed tunnel therefore looks like an
   * ordinary end of the stream, unless bytes that the client sent were still unread.
   *
   * @param address a path of at most 106 bytes on Linux and 102 bytes on other systems, in an
   *     existing and writable directory
   * @return a listener that accepts connections
   * @throws IOException if the path cannot be bound, is a file other than a socket, or is in use by
   *     a running program, or if the system cannot restrict a unix socket to its owner; the message
   *     contains the path
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public TunnelListener listen(UnixDomainSocketAddress address) throws IOException {
    return listen(address, settings.target());
  }

  /**
   * Listens on a unix socket like {@link #listen(UnixDomainSocketAddress)}, and forwards
   * connections to the given target.
   *
   * @param address a path of at most 106 bytes on Linux and 102 bytes on other systems, in an
   *     existing and writable directory
   * @param target device and service of the tunnels
   * @return a listener that accepts connections
   * @throws IOException if the path cannot be bound; see {@link #listen(UnixDomainSocketAddress)}
   * @throws IllegalStateException if this client is closed
   */
  public TunnelListener listen(UnixDomainSocketAddress address, Target target) throws IOException {
    life.checkOpen();
    return listenOn(UnixListeningSocket.bind(address, TunnelListener.BACKLOG), target);
  }

  /** Listens on a bound socket, and closes it if that fails. */
  TunnelListener listenOn(ListeningSocket socket, Target target) throws IOException {
    TunnelListener listener = null;
    try {
      CompletableFuture<Void> prepared = resources.prepare();
      listener =
          new TunnelListener(
              socket, resources, settings.withTarget(target), connections, events, life::remove);
      listener.start(prepared);
      life.add(listener);
      return listener;
    } catch (Throwable e) {
      // Usually no thread can be started. Nothing would accept, or close, the local connections.
      if (listener == null) {
        socket.close();
      } else {
        listener.close(Duration.ZERO);
      }
      throw e;
    }
  }

  /**
   * Checks, without contacting the cloud, that a usable access key or token is available. Every
   * dial starts with the same check: it calls the {@link TokenSource}, if there is one, and
   * compares the claims of a JWT with the current time and the default target.
   *
   * @throws TunnelException with the kind {@link CloseReason.Kind#TOKEN_REFUSED} if the token is
   *     unusable, or {@link CloseReason.Kind#DIAL_FAILED} if the source fails or returns no token
   *     within the connect timeout
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public void checkCredentials() throws IOException {
    checkCredentials(settings.target());
  }

  /**
   * Checks, without contacting the cloud, that a usable access key or token for a target is
   * available. See {@link #checkCredentials()}.
   *
   * @param target device and service, which are compared with the claims of a JWT
   * @throws TunnelException if no usable token is available
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this client is closed
   */
  public void checkCredentials(Target target) throws IOException {
    life.checkOpen();
    long startedAt = System.nanoTime();
    try {
      var unused =
          new TokenLookup(settings.withTarget(target), resources.threads().lookups(), false)
              .get(settings.timeouts().connectTimeout());
    } catch (TokenException e) {
      throw new TunnelException(CloseCause.withoutToken(target, e).reason(0, 0, startedAt));
    }
  }

  /**
   * Opens a tunnel and returns it as a stream. Dials on the calling thread and returns once the
   * cloud has granted the tunnel. The stream passes bytes directly between the caller and the
   * socket to the cloud.
   *
   * @return an open tunnel
   * @throws TunnelRejectedException if the cloud rejects the upgrade
   * @throws TunnelException if the cloud cannot be reached within the connect timeout, no usable
   *     token is available, or the heap has no room for another tunnel
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public TunnelStream open() throws IOException {
    return open(settings.target());
  }

  /**
   * Opens a tunnel like {@link #open()}, to the given target.
   *
   * @param target device and service
   * @return an open tunnel
   * @throws TunnelRejectedException if the cloud rejects the upgrade
   * @throws TunnelException if the tunnel cannot be opened for another reason
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this client is closed
   */
  public TunnelStream open(Target target) throws IOException {
    TunnelStream stream = newStream(target);
    stream.life().open();
    return stream;
  }

  /**
   * Opens a tunnel to the default target, and keeps trying while it cannot be opened for a reason
   * that may pass, such as an offline gateway; see {@link TunnelException#isRetryable}. {@link
   * Builder#maxBackoff} limits the frequency of the attempts. Fails early if the next attempt would
   * begin after the limit.
   *
   * @param limit time for all attempts together
   * @return an open tunnel
   * @throws TunnelException if the last attempt fails, or an attempt fails for a reason that does
   *     not pass
   * @throws SocketTimeoutException if the time passes during the first attempt
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalArgumentException if the limit is not positive
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public TunnelStream openWhenAvailable(Duration limit) throws IOException {
    return openWhenAvailable(settings.target(), limit);
  }

  /**
   * Opens a tunnel to the given target like {@link #openWhenAvailable(Duration)}.
   *
   * @param target device and service
   * @param limit time for all attempts together
   * @return an open tunnel
   * @throws TunnelException if the last attempt fails, or an attempt fails for a reason that does
   *     not pass
   * @throws SocketTimeoutException if the time passes during the first attempt
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalArgumentException if the limit is not positive
   * @throws IllegalStateException if this client is closed
   */
  public TunnelStream openWhenAvailable(Target target, Duration limit) throws IOException {
    Deadline deadline = Deadline.in(Durations.positive("limit", limit));
    TunnelException last = null;
    while (true) {
      Duration left = Duration.ofNanos(Math.max(1, deadline.nanosLeft()));
      Timeouts timeouts = settings.timeouts().withBackoffWait(left);
      TunnelStream stream = newStream(resources, settings.with(target, timeouts));
      try {
        stream.life().open(left);
        return stream;
      } catch (TunnelException e) {
        boolean backoff = e.reason().kind() == Kind.BACKOFF;
        last = backoff && last != null ? last : e;
        long pause = pauseNanos(target, e);
        if (!e.isRetryable() || pause >= deadline.nanosLeft()) {
          throw last;
        }
        pause(pause);
      } catch (SocketTimeoutException e) {
        throw last == null ? e : last; // an earlier failure says more than the end of the time
      }
    }
  }

  /** Returns the pause after a failed attempt, if the next attempt does not wait itself. */
  private long pauseNanos(Target target, TunnelException e) {
    Duration retryAfter = e.retryAfter();
    if (e.reason().kind() == Kind.BACKOFF && retryAfter != null) {
      return Math.max(retryAfter.toNanos(), MIN_PAUSE.toNanos());
    }
    String token = settings.credentials().fixedToken();
    boolean waits = resources.breakers().waitNanos(settings.cloudUri(), target, token) > 0;
    return waits ? 0 : RETRY_INTERVAL.toNanos();
  }

  private static void pause(long nanos) throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the device");
    }
  }

  /**
   * Opens a tunnel like {@link #open()}, on a new thread.
   *
   * @return a future that completes with the open tunnel, or with the exception that {@link
   *     #open()} would throw. Cancelling the future, or a timeout set with {@code orTimeout},
   *     cancels the dial
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public CompletableFuture<TunnelStream> openAsync() {
    return openAsync(settings.target());
  }

  /**
   * Opens a tunnel to the given target like {@link #openAsync()}.
   *
   * @param target device and service
   * @return a future as described for {@link #openAsync()}
   * @throws IllegalStateException if this client is closed
   */
  public CompletableFuture<TunnelStream> openAsync(Target target) {
    return AsyncOpen.begin(newStream(target), resources, settings.withTarget(target), null);
  }

  /**
   * Opens a tunnel like {@link #openAsync()}, on an executor of the caller.
   *
   * @param executor runs the dial, which blocks its thread until the tunnel is open or has failed
   * @return a future as described for {@link #openAsync()}, which fails with {@link
   *     java.util.concurrent.RejectedExecutionException} if the executor rejects the task
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public CompletableFuture<TunnelStream> openAsync(Executor executor) {
    return openAsync(settings.target(), executor);
  }

  /**
   * Opens a tunnel to the given target like {@link #openAsync()}, on an executor of the caller.
   *
   * @param target device and service
   * @param executor runs the dial, which blocks its thread until the tunnel is open or has failed
   * @return a future as described for {@link #openAsync()}, which fails with {@link
   *     java.util.concurrent.RejectedExecutionException} if the executor rejects the task
   * @throws IllegalStateException if this client is closed
   */
  public CompletableFuture<TunnelStream> openAsync(Target target, Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return AsyncOpen.begin(newStream(target), resources, settings.withTarget(target), executor);
  }

  /**
   * Opens a tunnel to the default target, measures each step, and closes the tunnel. Always opens a
   * new connection to the cloud, so that every step takes place. Blocks until the dial has ended,
   * and then for at most two seconds until a ping is answered. Bytes from the service are
   * discarded. The probe counts as a connection in {@link #stats} and events.
   *
   * @return the steps, including a failed one; a failed dial is not thrown
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this client is closed or has no default target
   */
  public ProbeReport probe() throws InterruptedIOException {
    return probe(settings.target());
  }

  /**
   * Opens a tunnel to the given target and measures each step, like {@link #probe()}.
   *
   * @param target device and service
   * @return the steps, including a failed one; a failed dial is not thrown
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if this client is closed
   */
  public ProbeReport probe(Target target) throws InterruptedIOException {
    Timeouts timeouts = settings.timeouts().withPingInterval(Probe.PING_INTERVAL);
    SharedResources fresh = new SharedResources(resources.transport().withoutWarmConnections());
    try {
      return new Probe(target, newStream(fresh, settings.with(target, timeouts))).run();
    } finally {
      fresh.leave();
    }
  }

  /**
   * Returns a factory for drivers and clients that accept a {@link javax.net.SocketFactory}. Its
   * sockets connect to the default target, regardless of the host and port that the caller passes.
   *
   * @return a factory that is usable until this client is closed
   * @throws IllegalStateException if this client has no default target
   */
  public TunnelSocketFactory socketFactory() {
    Target target = settings.target();
    return new TunnelSocketFactory(address -> newSocketStream(target));
  }

  /**
   * Returns a factory for drivers and clients that accept a {@link javax.net.SocketFactory}. Its
   * sockets can connect to any number of services and devices.
   *
   * @param resolver maps each host and port to a target
   * @return a factory that is usable until this client is closed
   */
  public TunnelSocketFactory socketFactory(TargetResolver resolver) {
    return new TunnelSocketFactory(
        address -> {
          Target target = TargetLookup.target(resolver, address);
          return newSocketStream(target);
        });
  }

  /**
   * Returns a factory of HTTP calls to the REST API of this client's cloud, such as the device
   * directory. The calls use the connections and settings of this client: TLS, proxy, DNS, headers,
   * and the interceptors of {@link Builder#okHttpClient}.
   *
   * <ul>
   *   <li>The access key is added as {@code Authorization: Bearer} immediately before the network,
   *       so that interceptors do not see it. If it comes from a {@link TokenSource}, a request
   *       that is answered with 401 is sent once more, with a fresh key.
   *   <li>{@code newCall} throws an {@link IllegalArgumentException} for a URL with another scheme,
   *       host or port than the cloud, and an {@link IllegalStateException} after this client was
   *       closed.
   *   <li>Calls use HTTP/1.1, do not follow redirects, and do not call an {@code Authenticator}.
   *   <li>The {@linkplain Builder#connectTimeout connect timeout} limits the time from the access
   *       key to the head of the response, and then each pause of the body, which fails with a
   *       {@link SocketTimeoutException}. A call has no total limit.
   *   <li>A call without a response fails with a {@link TunnelException}, or, when it is cancelled
   *       or interrupted, with another {@link IOException}.
   *   <li>The body of an error response is reduced to 16 KiB of text, in which the access key is
   *       masked.
   * </ul>
   *
   * <p>Closing this client cancels its calls. The factory is thread-safe.
   *
   * @return a factory that is usable until this client is closed
   * @throws IllegalStateException if this client is closed, or has a JWT, which the REST API does
   *     not accept
   */
  public okhttp3.Call.Factory callFactory() {
    return restApi.callFactory();
  }

  /**
   * Creates a stream for a socket. A closed client causes a {@code ConnectException}, because users
   * of sockets expect an {@code IOException}.
   */
  private TunnelStream newSocketStream(Target target) throws ConnectException {
    try {
      return newStream(target);
    } catch (IllegalStateException e) { // this client is closed
      throw TunnelSocket.notConnected(e);
    }
  }

  private TunnelStream newStream(Target target) {
    return newStream(resources, settings.withTarget(target));
  }

  private TunnelStream newStream(SharedResources resources, Settings ofStream) {
    life.checkOpen();
    ConnectionInfo connection = ofStream.connection(resources.nextConnection(), null);
    ConnectionEvents eventsOfStream = new ConnectionEvents(connection, events);
    Admission.Permit permit = connections.request();
    boolean added = false;
    try {
      TunnelStream stream =
          new TunnelStream(resources, ofStream, permit, eventsOfStream, life::remove);
      life.add(stream.life());
      added = true;
      return stream;
    } finally {
      if (!added) {
        permit.close();
      }
    }
  }

  /**
   * Closes this client with the configured drain timeout, 5 seconds by default. See {@link
   * #close(Duration)}.
   */
  @Override
  public void close() {
    close(settings.timeouts().drainTimeout());
  }

  /**
   * Stops accepting connections, waits for open connections to finish, and aborts those that remain
   * after the drain timeout. Returns when everything that this client opened is closed, at most
   * three seconds after the drain timeout. A second call does the same with the remaining
   * connections. Calls of {@link #callFactory} are cancelled at once. If the thread is interrupted,
   * the remaining connections are aborted at once, and the interrupt status stays set. For calls
   * from a callback, see {@link TunnelEventListener}.
   *
   * @param drain maximum time for open connections to finish; zero aborts them at once
   * @return the numbers of drained and aborted connections
   */
  public DrainReport close(Duration drain) {
    restApi.close();
    return life.close(drain);
  }

  /**
   * Returns this client's statistics. The call is cheap, and also allowed after the client was
   * closed.
   *
   * @return the statistics of all connections that this client opened, excluding those of other
   *     clients that share its resources
   */
  public TunnelStats stats() {
    return events.stats(life.connections());
  }

  /**
   * {@return the targets and clouds to which dials are delayed after failures; see {@link
   * Builder#maxBackoff}. Includes those of clients that share connections}
   */
  public List<BackoffStats> backoffs() {
    return resources.breakers().stats();
  }

  /** {@return whether this client opens tunnels; false from the start of {@link #close}} */
  public boolean isOpen() {
    return life.isOpen();
  }

  /** {@return the name of this client in events and thread names} */
  public String name() {
    return settings.name();
  }

  /** {@return the default target; empty if each call must name one} */
  public Optional<Target> target() {
    return Optional.ofNullable(settings.defaultTarget());
  }

  /** {@return the base URL of the cloud, without secrets} */
  public String cloudUri() {
    return settings.cloudUri().toString();
  }

  /**
   * {@return the configured proxy, whose string form contains no secret; empty if none is
   * configured. Proxies of an {@code OkHttpClient} or of the JVM are not reported}
   */
  public Optional<ProxySettings> proxy() {
    return Optional.ofNullable(resources.transport().proxy()).filter(proxy -> !proxy.isNone());
  }

  /** Returns the cloud and the default target, without secrets. */
  @Override
  public String toString() {
    Target target = settings.defaultTarget();
    return "TunnelClient[" + settings.cloudUri() + (target == null ? "" : " -> " + target) + "]";
  }

  /**
   * A builder for a {@link TunnelClient}. Each setter validates its value immediately; {@link
   * #build} reports missing values. Not thread-safe.
   */
  public static final class Builder {
    private final @Nullable SharedResources shared;
    private final SettingsDraft draft;

    private Builder() {
      this.shared = null;
      this.draft = new SettingsDraft();
    }

    private Builder(TunnelClient client) {
      this.shared = client.resources;
      this.draft = new SettingsDraft(client.settings, client.resources.transport());
    }

    /**
     * Sets the name of the client in events and thread names. The default is {@code tunnel}. Names
     * need not be unique.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores
     * @return this
     * @throws IllegalArgumentException if the name is invalid
     */
    public Builder name(String name) {
      draft.name(name);
      return this;
    }

    /**
     * Sets the address of the cloud. Required.
     *
     * @param uri a URL with the scheme {@code ws}, {@code wss}, {@code http} or {@code https}:
     *     either the base URL, with or without a path before {@code /v3}, or a complete connection
     *     URL, which also sets the device and the service
     * @return this
     * @throws IllegalArgumentException if the URL is invalid
     */
    public Builder cloudUri(String uri) {
      draft.cloudUri(uri);
      return this;
    }

    /**
     * Sets the address of the cloud like {@link #cloudUri(String)}.
     *
     * @param uri an absolute URI
     * @return this
     * @throws IllegalArgumentException if the URI is invalid
     */
    public Builder cloudUri(URI uri) {
      return cloudUri(uri.toString());
    }

    /**
     * Sets the credentials that authenticate the upgrade. Required.
     *
     * @param credentials an access key or a JWT
     * @return this
     */
    public Builder credentials(Credentials credentials) {
      draft.credentials(credentials);
      return this;
    }

    /**
     * Sets the default target. Optional; without a default target, each call must name one. {@link
     * #deviceId} and {@link #serviceAddress} set its parts.
     *
     * @param target device and service
     * @return this
     */
    public Builder target(Target target) {
      draft.target(target);
      return this;
    }

    /**
     * Sets the device of the default {@link #target}. {@link #cloudUri(String)} may also set it.
     *
     * @param deviceId 32 hex digits, upper or lower case
     * @return this
     * @throws IllegalArgumentException if the ID is invalid
     */
    public Builder deviceId(String deviceId) {
      draft.deviceId(deviceId);
      return this;
    }

    /**
     * Sets the service of the default {@link #target}, as the gateway sees it. {@link
     * #cloudUri(String)} may also set it.
     *
     * @param address {@code ip:port}, {@code host:port} or {@code [ipv6]:port}
     * @return this
     * @throws IllegalArgumentException if the address is invalid or its port is not from 1 to 65535
     */
    public Builder serviceAddress(String address) {
      draft.serviceAddress(address);
      return this;
    }

    /**
     * Sets the interval between pings, 5 seconds by default. Pings prevent middleboxes from
     * dropping an idle connection and detect a dead one.
     *
     * @param interval from 100 milliseconds to one day; zero disables pings and all liveness checks
     * @return this
     * @throws IllegalArgumentException if the interval is out of range
     */
    public Builder pingInterval(Duration interval) {
      draft.timeouts().pingInterval(interval);
      return this;
    }

    /**
     * Sets the timeout of a dial attempt, from the token lookup to the answer to the upgrade, 15
     * seconds by default. Each attempt has its own timeout, including the attempt with a fresh
     * token.
     *
     * @param timeout positive
     * @return this
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Builder connectTimeout(Duration timeout) {
      draft.timeouts().connectTimeout(timeout);
      return this;
    }

    /**
     * Sets the timeout for the answer on a warm connection (see {@link #warmConnections}), 2
     * seconds by default. A NAT or load balancer may have dropped the connection without notice. If
     * the connection does not answer in time, the dial closes all idle connections to the cloud and
     * continues on a new connection. The wait is part of the same attempt and takes at most half of
     * the {@link #connectTimeout}. If the cloud has received the first request nevertheless, the
     * closed connection ends it. Increase this timeout if the cloud takes longer to grant a tunnel.
     *
     * @param timeout positive
     * @return this
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Builder reusedConnectionTimeout(Duration timeout) {
      draft.timeouts().reusedConnectionTimeout(timeout);
      return this;
    }

    /**
     * Sets the half-close timeout: how long a tunnel without incoming bytes stays open after the
     * local side has ended its output. The protocol cannot report the half-close to the service, so
     * the tunnel waits for the rest of the reply. The default is 10 seconds for the connections of
     * a listener and 60 seconds for streams.
     *
     * @param timeout positive
     * @return this
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Builder halfCloseTimeout(Duration timeout) {
      draft.timeouts().halfCloseTimeout(timeout);
      return this;
    }

    /**
     * Sets the liveness timeout: the tunnel is aborted if the cloud sends nothing for this time
     * while at most 64 KiB of sent bytes are unconfirmed. The default is two ping intervals, but at
     * least 8 seconds. Any received byte restarts the clock, which runs only while a thread waits
     * for bytes. Ignored if pings are disabled.
     *
     * @param timeout positive
     * @return this
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Builder livenessTimeout(Duration timeout) {
      draft.timeouts().livenessTimeout(timeout);
      return this;
    }

    /**
     * Sets the write timeout, 2 minutes by default. The tunnel is aborted if the cloud accepts no
     * bytes for this time, or sends nothing for this time while more than 64 KiB of sent bytes are
     * unconfirmed. In the second case, the cloud may be waiting for a slow service, and therefore
     * not answer pings. Ignored if pings are disabled.
     *
     * @param timeout zero for no limit
     * @return this
     * @throws IllegalArgumentException if the timeout is negative
     */
    public Builder writeTimeout(Duration timeout) {
      draft.timeouts().writeTimeout(timeout);
      return this;
    }

    /**
     * Sets how to treat a connection to the cloud that ends between two messages without a close
     * frame: as the end of the service's stream, or as a failure. The default is {@link
     * BareClose#END}.
     *
     * @param meaning the meaning of such an end
     * @return this
     */
    public Builder bareClose(BareClose meaning) {
      draft.bareClose(meaning);
      return this;
    }

    /**
     * Sets the drain timeout: how long {@code close()} waits for open connections to finish, 5
     * seconds by default.
     *
     * @param timeout zero aborts them at once
     * @return this
     * @throws IllegalArgumentException if the timeout is negative
     */
    public Builder drainTimeout(Duration timeout) {
      draft.timeouts().drainTimeout(timeout);
      return this;
    }

    /**
     * Sets the idle timeout: the maximum time without payload in either direction, after which a
     * connection is closed. No limit by default.
     *
     * @param timeout zero for no limit
     * @return this
     * @throws IllegalArgumentException if the timeout is negative
     */
    public Builder idleTimeout(Duration timeout) {
      draft.timeouts().idleTimeout(timeout);
      return this;
    }

    /**
     * Sets the number of attempts of a dial if the cloud cannot be reached or the token source
     * fails. One attempt by default. A dial is not retried after a rejected upgrade (except for the
     * first 401, see {@link TokenSource}), with an unusable token, after a rejection by the proxy,
     * or with an untrusted certificate. A local client waits during the retries, and its bytes stay
     * unread.
     *
     * @param attempts total number of attempts, at least 1; each has the full connect timeout
     * @param backoff the first pause, positive. Each further pause is twice as long, up to 30
     *     seconds. Each pause is shortened at random by up to one half
     * @return this
     * @throws IllegalArgumentException if either value is out of range
     */
    public Builder connectRetry(int attempts, Duration backoff) {
      draft.connectRetry(attempts, backoff);
      return this;
    }

    /**
     * Sets the maximum number of simultaneous connections of the client: streams, sockets and
     * connections of its listeners. No limit by default. Further connections wait in order until a
     * connection ends. A stream waits for at most the {@link #connectTimeout} and then fails. A
     * listener stops accepting, so that local clients wait in the accept queue of the system.
     * Clients from {@link TunnelClient#newBuilder} have separate limits.
     *
     * @param connections at least 1
     * @return this
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxConnections(int connections) {
      draft.maxConnections(connections);
      return this;
    }

    /**
     * Sets the maximum number of simultaneous dials, so that a restart with many connections does
     * not flood the cloud. The default is 64. Further dials wait in order, at most one minute each,
     * before their connect timeout starts. Clients that share connections also share this limit.
     *
     * @param dials at least 1
     * @return this
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxConcurrentDials(int dials) {
      draft.maxConcurrentDials(dials);
      return this;
    }

    /**
     * Limits the rate of each connection, in each direction. No limit by default. Reads are
     * delayed, and nothing is queued, so the sender sees a slow connection.
     *
     * @param bytesPerSecond payload bytes per second; zero for no limit
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public Builder rateLimit(long bytesPerSecond) {
      draft.rateLimit(bytesPerSecond);
      return this;
    }

    /**
     * Limits the rate of all connections together, in each direction. No limit by default. Clients
     * that share connections also share this limit.
     *
     * @param bytesPerSecond payload bytes per second; zero for no limit
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public Builder totalRateLimit(long bytesPerSecond) {
      draft.totalRateLimit(bytesPerSecond);
      return this;
    }

    /**
     * Sets the maximum delay of dials after failures, 30 seconds by default. After a failed dial,
     * further dials to the same target are delayed by a random time of at most 0.5 seconds, twice
     * as much after each further failure, up to this maximum. When the delay has passed, one dial
     * is made; its success ends the delay. A failure of DNS, TCP, TLS or the proxy, and status 401,
     * delay the dials to all targets of the cloud. After status 401 or 403, the delay starts at one
     * second and ends early with another credential. {@code Retry-After} of the cloud is observed
     * exactly, up to five minutes. Clients that share connections also share the delays.
     *
     * @param delay zero for no delays
     * @return this
     * @throws IllegalArgumentException if the delay is negative
     */
    public Builder maxBackoff(Duration delay) {
      draft.maxBackoff(delay);
      return this;
    }

    /**
     * Sets how long a connection waits for the end of a delay after failures, 2 seconds by default.
     * If the delay takes longer, the connection fails at once with the kind {@link
     * CloseReason.Kind#BACKOFF}. See {@link #maxBackoff}.
     *
     * @param limit zero to fail at once
     * @return this
     * @throws IllegalArgumentException if the limit is negative
     */
    public Builder backoffWait(Duration limit) {
      draft.timeouts().backoffWait(limit);
      return this;
    }

    /**
     * Sets the number of warm connections: idle TLS connections kept ready for the next tunnels. A
     * tunnel over a warm connection needs one round trip instead of three or four. None by default.
     *
     * <p>{@link #build} starts to open warm connections in the background. Every 15 seconds, each
     * connection is probed by a small request without secrets, a {@code GET} of the base URL, so
     * that no middlebox drops it as idle. Any response is accepted. A connection is replaced when a
     * tunnel has taken it, or if it does not answer within the {@link #reusedConnectionTimeout}. No
     * connections are kept if the cloud answers {@code Connection: close}. Clients that share
     * connections also share warm connections, and the last of these clients closes them.
     * Interceptors of an {@link #okHttpClient} see the requests.
     *
     * @param connections from 0 to 64
     * @return this
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder warmConnections(int connections) {
      draft.warmConnections(connections);
      return this;
    }

    /**
     * Sets the maximum number of simultaneous platform threads for connections. Further threads are
     * virtual. The default is 64. Each connection of a listener uses two threads. Platform threads
     * forward bytes faster, but each takes about 100 KiB of memory. Has no effect before Java 21,
     * where all threads are platform threads. Clients that share connections also share this limit.
     *
     * @param threads zero to use only virtual threads
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public Builder platformThreads(int threads) {
      draft.platformThreads(threads);
      return this;
    }

    /**
     * Sets whether the credential may be sent unencrypted, over {@code ws}, to another machine.
     * Disabled by default. Unencrypted connections to this machine are always allowed.
     *
     * @param allow true to allow unencrypted credentials
     * @return this
     */
    public Builder allowPlaintext(boolean allow) {
      draft.allowPlaintext(allow);
      return this;
    }

    /**
     * Sets an {@code OkHttpClient} of the application, whose trust, proxy, DNS and interceptors are
     * used. The client is neither modified nor shut down, and its connection pool is not used.
     * {@link #tls} replaces its trust, and {@link #proxy} replaces its proxy.
     *
     * @param client the application's client
     * @return this
     */
    public Builder okHttpClient(OkHttpClient client) {
      draft.okHttpClient(client);
      return this;
    }

    /**
     * Sets the trusted CAs, client certificate and certificate pins. The default is the trust of
     * the JVM, or that of an {@link #okHttpClient}. The settings replace all TLS settings of such a
     * client: trust, client certificate, pins and hostname verifier.
     *
     * @param settings may be shared with other clients
     * @return this
     */
    public Builder tls(TlsSettings settings) {
      draft.tls(settings);
      return this;
    }

    /**
     * Sets the proxy for connections to the cloud. By default, the proxy of an {@link
     * #okHttpClient} or of the JVM's system properties is used, if there is one. These settings
     * replace those proxies, and the socket factory of such a client.
     *
     * @param settings the proxy; {@link ProxySettings#none} to connect directly
     * @return this
     */
    public Builder proxy(ProxySettings settings) {
      draft.proxy(settings);
      return this;
    }

    /**
     * Adds a header to the upgrade, for gateways and load balancers in front of the cloud. A second
     * call with the same name adds a second header field.
     *
     * @param name a header name other than those that the upgrade itself uses, such as
     *     Authorization or Upgrade
     * @param value printable ASCII; may be empty
     * @return this
     * @throws IllegalArgumentException if the name or value is invalid; the message does not
     *     contain the value
     */
    public Builder header(String name, String value) {
      draft.header(name, value);
      return this;
    }

    /**
     * Sets the websocket subprotocols to offer in the header {@code Sec-WebSocket-Protocol} (RFC
     * 6455 section 1.9), for clouds that require one. None by default. The cloud may select one of
     * them or none; with any other selection, the dial fails. The library does not encode the
     * payload, so offer only subprotocols that carry bytes unchanged, such as {@code binary}, and
     * not {@code base64}. Replaces the names of an earlier call.
     *
     * @param names in order of preference; empty to offer none
     * @return this
     * @throws IllegalArgumentException if a name is repeated or is not a token (RFC 9110 section
     *     5.6.2)
     */
    public Builder subprotocol(String... names) {
      draft.subprotocol(names);
      return this;
    }

    /**
     * Adds an event listener. None by default. Event listeners are called in the order in which
     * they were added. Builders from {@link TunnelClient#newBuilder} inherit them.
     *
     * @param listener called by many threads at the same time
     * @return this
     */
    public Builder addEventListener(TunnelEventListener listener) {
      draft.addEventListener(listener);
      return this;
    }

    /**
     * Builds the client. Opens no connections except {@link #warmConnections}, in the background.
     * Starts two threads, on which timeouts depend, unless the client shares those of another one.
     *
     * @return a client, which the caller must close
     * @throws IllegalStateException if a required value is missing, if only the device or only the
     *     service of the default target is set, if the credential would be sent unencrypted to
     *     another machine without {@link #allowPlaintext}, if the client that created this builder
     *     is closed and its resources would be shared, or if the class path contains a library that
     *     is too old
     * @throws OutOfMemoryError if the threads cannot be started
     */
    public TunnelClient build() {
      Libraries.check();
      Settings settings = draft.finish();
      return new TunnelClient(resources(draft.transport()), settings);
    }

    private SharedResources resources(TransportSettings transport) {
      if (shared == null || !shared.transport().equals(transport)) {
        return new SharedResources(transport);
      }
      if (!shared.join()) {
        throw new IllegalStateException("the TunnelClient that created this builder is closed");
      }
      return shared;
    }
  }
}
