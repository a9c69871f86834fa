package io.github.devicetunnel;

import io.github.devicetunnel.internal.local.ListeningSocket;
import io.github.devicetunnel.internal.local.TcpListeningSocket;
import io.github.devicetunnel.internal.local.UnixListeningSocket;
import io.github.devicetunnel.internal.upgrade.Libraries;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Opens tunnels to one service on one device. Make one and keep it: {@link #newBuilder} gives
 * clients for other devices, which share its connections and threads.
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
 * <p>All methods may be called from any thread. All threads of the library are daemons.
 */
public final class TunnelClient implements AutoCloseable {
  private final SharedResources engine;
  private final Settings settings;
  private final ClientEvents events;
  private final ClientLife life;

  private TunnelClient(SharedResources engine, Settings settings) {
    this.engine = engine;
    this.settings = settings;
    this.events = new ClientEvents(settings.eventListeners());
    this.life = new ClientLife(engine);
    engine.keepWarm(settings.cloudUri(), settings.timeouts().reusedConnectionTimeout());
  }

  /**
   * Begins a new client, with an OkHttpClient and threads of its own.
   *
   * @return settings with their defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins another client with the same settings, which shares this one's connections to the cloud
   * and its threads. Closing either leaves the other open.
   *
   * @return this client's settings
   */
  public Builder newBuilder() {
    return new Builder(this);
  }

  /**
   * Listens for local connections, and carries each through a tunnel of its own. A tunnel that is
   * refused, or fails, ends its own local connection and nothing else.
   *
   * @param address port 0 picks a free one; an unresolved address or a wildcard is taken as it is,
   *     and a wildcard is warned about, since everybody in the network can then reach the service
   * @return the listener, accepting
   * @throws IOException when the address cannot be bound; the message names it
   * @throws IllegalStateException when this client is closed
   */
  public TunnelListener listen(InetSocketAddress address) throws IOException {
    life.checkOpen();
    return listenOn(TcpListeningSocket.bind(address, TunnelListener.BACKLOG));
  }

  /**
   * Listens on a unix socket as {@link #listen(InetSocketAddress)} does on a port. Only the owner
   * of this process may connect (mode 0600, from the first moment on). The file is removed at the
   * end; one that a dead program has left is replaced.
   *
   * <p>A unix socket has no reset: a connection that ended otherwise than in order looks to a local
   * client as if it had ended, unless the client has sent something that was not read any more.
   *
   * @param address a path, of at most 106 bytes on Linux and 102 on other systems; the folder must
   *     be there, and writable
   * @return the listener, accepting
   * @throws IOException when the path cannot be bound, is in use by a program that lives, is that
   *     of another file, or when the system has no unix sockets with owners; the message names it
   * @throws IllegalStateException when this client is closed
   */
  public TunnelListener listen(UnixDomainSocketAddress address) throws IOException {
    life.checkOpen();
    return listenOn(UnixListeningSocket.bind(address, TunnelListener.BACKLOG));
  }

  private TunnelListener listenOn(ListeningSocket socket) {
    TunnelListener listener = TunnelListener.on(socket, engine, settings, events, life::remove);
    engine.prepare();
    life.add(listener);
    return listener;
  }

  /**
   * Looks whether there is a token that a tunnel may be asked for with, as every dial does first,
   * without touching the network: a source of tokens is asked, and a JWT's claims are compared with
   * the time and with this client's target.
   *
   * @throws TunnelException of the kind {@link CloseReason.Kind#TOKEN_REFUSED} when the token can
   *     be seen to open nothing, or {@link CloseReason.Kind#DIAL_FAILED} when the source gives none
   *     within the connect timeout
   * @throws InterruptedIOException when the thread was interrupted; it keeps its flag
   * @throws IllegalStateException when this client is closed
   */
  public void checkCredentials() throws IOException {
    life.checkOpen();
    long startedAt = System.nanoTime();
    try {
      var unused =
          new TokenLookup(settings, engine.threads().helpers(), false)
              .get(settings.timeouts().connectTimeout());
    } catch (TokenException e) {
      throw new TunnelException(
          CloseCause.withoutToken(settings.target(), e).reason(0, 0, startedAt));
    }
  }

  /**
   * Opens one tunnel, on the calling thread, and returns when the cloud has granted it. What it
   * carries goes straight between the caller and the socket to the cloud.
   *
   * @return the tunnel, open
   * @throws TunnelRejectedException when the cloud refused
   * @throws TunnelException when the cloud could not be reached within the connect timeout, or
   *     there is no token to ask it with
   * @throws InterruptedIOException when the thread was interrupted; it keeps its flag
   * @throws IllegalStateException when this client is closed
   */
  public TunnelStream open() throws IOException {
    TunnelStream stream = newStream(settings);
    stream.life().open();
    return stream;
  }

  /**
   * Opens one tunnel as {@link #open} does, on a thread of its own.
   *
   * @return completed with the open tunnel, or with what {@link #open} throws; cancelling it, or
   *     {@code orTimeout}, gives the dial up
   * @throws IllegalStateException when this client is closed
   */
  public CompletableFuture<TunnelStream> openAsync() {
    TunnelStream stream = newStream(settings);
    return AsyncOpen.begin(stream, engine.threads(), "tunnel-dial " + settings.target());
  }

  /**
   * Sockets for drivers and clients that take a {@link javax.net.SocketFactory}. They lead to this
   * client's service, whatever host and port they are connected to.
   *
   * @return a factory that can be used until this client is closed
   */
  public TunnelSocketFactory socketFactory() {
    return new TunnelSocketFactory(address -> newSocketStream(settings));
  }

  /**
   * Sockets for drivers and clients that take a {@link javax.net.SocketFactory}, which lead to many
   * services and devices.
   *
   * @param resolver says where each host and port leads
   * @return a factory that can be used until this client is closed
   */
  public TunnelSocketFactory socketFactory(TargetResolver resolver) {
    return new TunnelSocketFactory(
        address -> {
          Target target = TargetLookup.target(resolver, address);
          return newSocketStream(settings.withTarget(target));
        });
  }

  /** Who connects a socket expects the exceptions of one. */
  private TunnelStream newSocketStream(Settings settings) throws ConnectException {
    try {
      return newStream(settings);
    } catch (IllegalStateException e) { // This client is closed.
      throw TunnelSocket.notConnected(e);
    }
  }

  private TunnelStream newStream(Settings settings) {
    life.checkOpen();
    ConnectionInfo connection = settings.connection(engine.nextConnection(), null);
    ConnectionEvents its = new ConnectionEvents(connection, events);
    TunnelStream stream = new TunnelStream(engine, settings, its, life::remove);
    life.add(stream.life());
    return stream;
  }

  /**
   * Closes with the drain timeout that was set, 5 seconds by default: see {@link #close(Duration)}.
   */
  @Override
  public void close() {
    close(settings.timeouts().drainTimeout());
  }

  /**
   * Stops accepting, gives open connections time to finish, cuts those that did not, and returns
   * when everything that this client opened is closed: at most three seconds after that time. A
   * second call does the same with what is left. A thread that is interrupted meanwhile cuts at
   * once, and keeps its flag. {@link TunnelEventListener} says what is different in a callback.
   *
   * @param drain zero cuts at once
   * @return what became of the connections
   */
  public DrainReport close(Duration drain) {
    return life.close(drain);
  }

  /**
   * What this client has done and is doing. Cheap, and for any time, after the end too.
   *
   * @return the figures of all that it opened; of no client that shares its connections
   */
  public TunnelStats stats() {
    return events.totals().stats(life.connections());
  }

  /** {@return the gateway that this client's tunnels lead to, in 32 hex digits} */
  public String deviceId() {
    return settings.target().deviceId();
  }

  /** {@return the service that this client's tunnels lead to, as the gateway sees it} */
  public String serviceAddress() {
    return settings.target().serviceAddress();
  }

  /** {@return where the tunnelling service is, as a base URL; no secret} */
  public String cloudUri() {
    return settings.cloudUri().toString();
  }

  /**
   * {@return the proxy that was set for the way to the cloud, whose text holds no secret; nothing
   * for one that an OkHttpClient or the JVM brings along}
   */
  public Optional<ProxySettings> proxy() {
    return Optional.ofNullable(engine.transport().proxy()).filter(proxy -> !proxy.isNone());
  }

  /** Where this client's tunnels lead; no secret. */
  @Override
  public String toString() {
    return "TunnelClient[" + settings.cloudUri() + " -> " + settings.target() + "]";
  }

  /**
   * Settings of a {@link TunnelClient}. Every setter checks its value at once; {@link #build}
   * checks only whether something is missing. For one thread.
   */
  public static final class Builder {
    private final @Nullable SharedResources shared;
    private final SettingsDraft draft;

    private Builder() {
      this.shared = null;
      this.draft = new SettingsDraft();
    }

    private Builder(TunnelClient client) {
      this.shared = client.engine;
      this.draft = new SettingsDraft(client.settings, client.engine.transport());
    }

    /**
     * Where the tunnelling service is. Required.
     *
     * @param uri {@code ws}, {@code wss}, {@code http} or {@code https}; the base, with or without
     *     a path in front of {@code /v3}, or a whole connection URL, which also sets device and
     *     service
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder cloudUri(String uri) {
      draft.cloudUri(uri);
      return this;
    }

    /**
     * What proves that a tunnel may be opened. Required.
     *
     * @param credentials an access key, or a JWT
     * @return this
     */
    public Builder credentials(Credentials credentials) {
      draft.credentials(credentials);
      return this;
    }

    /**
     * The gateway. Required, unless the URL says it.
     *
     * @param deviceId 32 hex digits, in either case
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder deviceId(String deviceId) {
      draft.deviceId(deviceId);
      return this;
    }

    /**
     * The service, as the gateway sees it. Required, unless the URL says it.
     *
     * @param address {@code ip:port}, {@code host:port} or {@code [ipv6]:port}
     * @return this
     * @throws IllegalArgumentException for anything else, or a port that is not from 1 to 65535
     */
    public Builder serviceAddress(String address) {
      draft.serviceAddress(address);
      return this;
    }

    /**
     * How often a ping is sent, 5 seconds by default. Pings keep middleboxes from dropping a silent
     * connection, and are how a dead one is noticed.
     *
     * @param interval at least 100 milliseconds; zero turns pings off, and with them every
     *     judgement of silence
     * @return this
     */
    public Builder pingInterval(Duration interval) {
      draft.timeouts().pingInterval(interval);
      return this;
    }

    /**
     * The longest time that a dial may take, from asking for the token to the answer of the cloud,
     * 15 seconds by default. It begins anew for a dial that is repeated with a fresh token.
     *
     * @param timeout positive
     * @return this
     */
    public Builder connectTimeout(Duration timeout) {
      draft.timeouts().connectTimeout(timeout);
      return this;
    }

    /**
     * Sets how long an idle connection of {@link #warmConnections} may take to answer, 2 seconds by
     * default. A NAT or load balancer may have dropped it without notice. A dial whose idle
     * connection gives no answer within this time closes all idle connections to the cloud and goes
     * on with a new one, as part of the same attempt and within the {@link #connectTimeout}, of
     * which it uses at most half for the wait. The cloud may have received the first request all
     * the same; it then sees that connection closed. If the cloud needs longer to grant a tunnel,
     * raise the value.
     *
     * @param timeout positive
     * @return this
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder reusedConnectionTimeout(Duration timeout) {
      draft.timeouts().reusedConnectionTimeout(timeout);
      return this;
    }

    /**
     * How long the other direction may stay without a byte once the local side has ended its
     * output: the protocol cannot tell the service of that end, so a reply is waited for. By
     * default 10 seconds for a listener's connections, and 60 for streams.
     *
     * @param timeout positive
     * @return this
     */
    public Builder halfCloseTimeout(Duration timeout) {
      draft.timeouts().halfCloseTimeout(timeout);
      return this;
    }

    /**
     * How long the cloud may stay silent before it counts as gone, while there is nothing much on
     * the way to it: at most 64 KiB unconfirmed. By default two ping intervals, but at least 8
     * seconds. Any byte is a sign of life, and the clock runs only while this end waits for one.
     * Without pings it has no effect.
     *
     * @param timeout positive
     * @return this
     */
    public Builder livenessTimeout(Duration timeout) {
      draft.timeouts().livenessTimeout(timeout);
      return this;
    }

    /**
     * How long the cloud may take no bytes, or stay silent with more than 64 KiB on the way, before
     * it counts as gone: it may be waiting for a slow service, and then answers no ping. 2 minutes
     * by default. Without pings it has no effect.
     *
     * @param timeout zero for no bound
     * @return this
     */
    public Builder writeTimeout(Duration timeout) {
      draft.timeouts().writeTimeout(timeout);
      return this;
    }

    /**
     * Sets what it means that the cloud's connection ends between two messages without a close
     * frame: the end of the service's stream, or a failure. The default is {@link BareClose#END}.
     *
     * @param meaning of such an end
     * @return this
     */
    public Builder bareClose(BareClose meaning) {
      draft.bareClose(meaning);
      return this;
    }

    /**
     * How long {@code close()} lets open connections finish, 5 seconds by default.
     *
     * @param timeout zero cuts at once
     * @return this
     */
    public Builder drainTimeout(Duration timeout) {
      draft.timeouts().drainTimeout(timeout);
      return this;
    }

    /**
     * How long a connection may stay without a byte of payload in either direction. No limit by
     * default.
     *
     * @param timeout zero for no limit
     * @return this
     */
    public Builder idleTimeout(Duration timeout) {
      draft.timeouts().idleTimeout(timeout);
      return this;
    }

    /**
     * How often a dial is tried while the cloud cannot be reached, or the token source gives no
     * token. Once by default. An answer ends it (but for a first 401, see {@link TokenSource}), and
     * so does a token that can be seen to open nothing, or a certificate that is not trusted. A
     * listener's client waits meanwhile; what it sends stays unread.
     *
     * @param attempts in all, at least 1; each may take the connect timeout
     * @param backoff about the first pause; each further one is twice as long, up to 30 seconds,
     *     and each is shortened at random by up to a half
     * @return this
     */
    public Builder connectRetry(int attempts, Duration backoff) {
      draft.connectRetry(attempts, backoff);
      return this;
    }

    /**
     * How many connections a listener carries at a time. No limit by default. Further ones wait in
     * the system's queue until one ends.
     *
     * @param connections at least 1
     * @return this
     */
    public Builder maxConnections(int connections) {
      draft.maxConnections(connections);
      return this;
    }

    /**
     * Keeps connections to the cloud open and idle, with TLS done, for the tunnels to come: one of
     * those costs one round trip then, and not three or four. None by default. They are opened by
     * {@link #build}, in the background, and probed every 15 s by a small request without any
     * secret ({@code GET} of the base URL, whatever is answered), so that no middlebox drops them
     * for being idle. One that gives no answer within the {@link #reusedConnectionTimeout}, or that
     * a tunnel has taken, is replaced. A cloud that answers {@code Connection: close} has none
     * kept. Clients that share connections share these too. They are closed with the last of these
     * clients. The interceptors of an {@link #okHttpClient} see the requests.
     *
     * @param connections how many, from 0 to 64
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder warmConnections(int connections) {
      draft.warmConnections(connections);
      return this;
    }

    /**
     * How many of the connections' threads are platform threads, at the same time, before further
     * ones are virtual; 64 by default, and two serve a connection of a listener. Platform threads
     * hand a byte over more quickly, and hold some 100 KiB each. No effect on a JVM without virtual
     * threads, which is one before Java 21: all are platform threads there. Clients that share
     * connections share these too.
     *
     * @param threads zero for virtual ones from the first on
     * @return this
     * @throws IllegalArgumentException for a negative number
     */
    public Builder platformThreads(int threads) {
      draft.platformThreads(threads);
      return this;
    }

    /**
     * Lets a credential travel unencrypted over {@code ws} to another machine. Off by default; to
     * this machine it always may.
     *
     * @param allow whether it may
     * @return this
     */
    public Builder allowPlaintext(boolean allow) {
      draft.allowPlaintext(allow);
      return this;
    }

    /**
     * Trust, proxy, DNS and interceptors of an application's own client. It is neither changed nor
     * ever shut down, and its connection pool is not used. What {@link #tls} and {@link #proxy} say
     * takes the place of its trust and of its proxy.
     *
     * @param client the one to derive from
     * @return this
     */
    public Builder okHttpClient(OkHttpClient client) {
      draft.okHttpClient(client);
      return this;
    }

    /**
     * Whom to trust in TLS, and who to be. The system's trust by default, or that of an {@link
     * #okHttpClient}. It takes the place of all that such a client has of TLS: trust, client
     * certificate, pins, verifier of names.
     *
     * @param settings may be those of other clients too
     * @return this
     */
    public Builder tls(TlsSettings settings) {
      draft.tls(settings);
      return this;
    }

    /**
     * A proxy on the way to the cloud. None by default but those of an {@link #okHttpClient}, or of
     * the system properties of the JVM. It takes the place of all of these, and of the socket
     * factory of such a client.
     *
     * @param settings where it is; {@link ProxySettings#none} to connect directly
     * @return this
     */
    public Builder proxy(ProxySettings settings) {
      draft.proxy(settings);
      return this;
    }

    /**
     * One more header of the request for a tunnel, for gateways and load balancers in front of the
     * cloud. A name that was given already is sent twice.
     *
     * @param name none that the request for a tunnel has itself, such as Authorization or Upgrade
     * @param value printable ASCII; may be empty
     * @return this
     * @throws IllegalArgumentException for anything else; the message does not repeat the value
     */
    public Builder header(String name, String value) {
      draft.header(name, value);
      return this;
    }

    /**
     * Offers websocket subprotocols in the header {@code Sec-WebSocket-Protocol} (RFC 6455 section
     * 1.9), for a cloud that requires one. None by default. The cloud may select one of them or
     * none; any other answer rejects the tunnel. The payload stays as it is under every name, so
     * offer only names that carry bytes unchanged, such as {@code binary}: with {@code base64} the
     * service would receive bytes that were never encoded, and the client would receive Base64.
     * Replaces the names of an earlier call.
     *
     * @param names in order of preference; no name to offer none
     * @return this
     * @throws IllegalArgumentException when a name is repeated, or is not a token as in RFC 9110
     *     section 5.6.2
     */
    public Builder subprotocol(String... names) {
      draft.subprotocol(names);
      return this;
    }

    /**
     * Who is told what happens to connections and listeners; none by default. They are told in the
     * order in which they were added, and so are those of {@link TunnelClient#newBuilder}.
     *
     * @param listener one more; it is called by many threads
     * @return this
     */
    public Builder addEventListener(TunnelEventListener listener) {
      draft.addEventListener(listener);
      return this;
    }

    /**
     * Makes the client. Nothing is opened yet but {@link #warmConnections}, if any.
     *
     * @return the client, to be closed
     * @throws IllegalStateException when something required is missing, when the credential would
     *     travel unencrypted to another machine and {@link #allowPlaintext} was not said, or when
     *     the class path has an older version of a library than is needed
     */
    public TunnelClient build() {
      Libraries.check();
      Settings settings = draft.finish();
      return new TunnelClient(engine(draft.transport()), settings);
    }

    private SharedResources engine(TransportSettings transport) {
      if (shared == null || !shared.transport().equals(transport)) {
        return new SharedResources(transport);
      }
      if (!shared.join()) {
        throw new IllegalStateException("the TunnelClient that this builder comes from is closed");
      }
      return shared;
    }
  }
}
