package io.github.devicetunnel.testing;

import io.github.devicetunnel.jwt.VerificationCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A tunnelling service in this process, with the gateways behind it: what {@code wss://…} is to a
 * program in production, {@link #uri} is to its tests. It checks requests and refuses them as the
 * service does, and carries bytes between clients and TCP services, or handlers of the test.
 *
 * <pre>{@code
 * try (TunnelService service = TunnelService.builder().apiKey("ak_test").build().start()) {
 *   service.device("017b7fddb124724840c1c7b800000000")
 *       .route("127.0.0.1:80", webServer.getAddress())
 *       .onConnect("127.0.0.1:7", stream -> stream.inputStream().transferTo(stream.outputStream()));
 *   // connect to service.uri() with the key, the device and either address
 *   service.verify();
 * }
 * }</pre>
 *
 * <p>It dials no service address without a route, and routes lead to loopback, unless {@link
 * Builder#dialLoopback} or {@link Builder#dialAnything} is called.
 *
 * <p>It listens on loopback only. Threads that serve a tunnel are named {@code tunnel-service-N-…};
 * those of MockWebServer, on which this is built, are no daemons: close it, or the JVM stays.
 *
 * <p>All methods may be called from any thread.
 */
public final class TunnelService implements AutoCloseable {
  /** For what a test has closed to come to its end. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final TunnelServer server;
  private final boolean failOnLeaks;

  private TunnelService(Builder settings) {
    Map<String, TokenCheck> applications = Map.copyOf(settings.applications);
    Access access = new Access(Map.copyOf(settings.devicesByKey), applications);
    KeyUploads keyUploads = new KeyUploads(Set.copyOf(settings.administratorKeys), applications);
    server =
        new TunnelServer(
            access,
            keyUploads,
            settings.serviceDial,
            settings.dialScope,
            settings.pingInterval,
            settings.tls);
    settings.routesByDevice.forEach((id, routes) -> routes.forEach(device(id)::route));
    failOnLeaks = settings.failOnLeaks;
  }

  /**
   * Begins a new service.
   *
   * @return settings with their defaults: no access key, no application, no device
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins to listen, on a free port of 127.0.0.1. The second call does nothing.
   *
   * @return this
   * @throws IOException when there is no port to be had
   * @throws IllegalStateException when this is closed
   */
  public TunnelService start() throws IOException {
    server.start();
    return this;
  }

  /**
   * The base of this service's URLs: {@code ws://127.0.0.1:port}, or {@code wss://localhost:port},
   * since certificates for tests are made for that name.
   *
   * @return what {@code TunnelClient.Builder.cloudUri} takes
   * @throws IllegalStateException when this was not started
   */
  public String uri() {
    return server.uri();
  }

  /**
   * A gateway, with its services and its faults. Adds it, connected, if it is new.
   *
   * @param deviceId 32 hex digits, in either case
   * @return the same object at every call
   * @throws IllegalArgumentException for anything else
   */
  public TestDevice device(String deviceId) {
    return server.devices().device(deviceId);
  }

  /**
   * As {@link TestDevice#route} of {@link #device}.
   *
   * @param deviceId 32 hex digits
   * @param serviceAddress as it stands in requests
   * @param actual address that is dialled instead, on loopback
   * @throws IllegalArgumentException for anything else
   */
  public void route(String deviceId, String serviceAddress, InetSocketAddress actual) {
    device(deviceId).route(serviceAddress, actual);
  }

  /**
   * Faults of tunnels that are still to be opened, to whichever gateway.
   *
   * @return where to order them
   */
  public FaultOrders faults() {
    return server.devices().faultsOfAll();
  }

  /** Ends the stalls that were ordered: what was held back goes on. */
  public void resume() {
    server.tunnels().forEach(OpenTunnel::release);
  }

  /**
   * The requests for tunnels that have come, refused ones too, and were not taken. A request is
   * here before its client has the answer.
   *
   * @return a copy, the oldest first; the latest thousand, older ones are forgotten
   */
  public List<RecordedUpgrade> upgrades() {
    return server.upgradeLog().all();
  }

  /**
   * Removes and returns the oldest of {@link #upgrades}.
   *
   * @param time to wait for it at most
   * @return the request, with its answer
   * @throws AssertionError when none has come in time
   * @throws InterruptedException when the thread is interrupted
   */
  public RecordedUpgrade takeUpgrade(Duration time) throws InterruptedException {
    return server.upgradeLog().take(time);
  }

  /** {@return how many requests have come, refused ones too} */
  public int requestCount() {
    return server.requestCount();
  }

  /** {@return how many clients' connections are open, those between two requests too} */
  public int openConnections() {
    return server.openConnections();
  }

  /**
   * Checks that all that went on here has ended well: no handler has thrown, no tunnel and no
   * request is open, no handler is running, and every client has closed in order. Ends stalls, and
   * waits for the rest for five seconds at most. What it tells it does not tell again. A tunnel for
   * which a fault was ordered need not end in order; connections that carry no tunnel, as pools
   * keep them, do not count.
   *
   * @throws AssertionError with everything that is not so; what handlers threw is suppressed in it
   */
  public void verify() {
    verify(PATIENCE);
  }

  /** As {@link #verify()}, for tests of what is told when something does not end at all. */
  void verify(Duration patience) {
    server.ledger().verify(failOnLeaks, patience);
  }

  /**
   * Cuts all tunnels, stops listening, and returns when all sockets and threads are gone, after
   * five seconds at most for either. The second call does nothing.
   */
  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return server.toString();
  }

  /** Settings of a {@link TunnelService}. For one thread. */
  public static final class Builder {
    private final Map<String, Set<String>> devicesByKey = new LinkedHashMap<>();
    private final Set<String> administratorKeys = new LinkedHashSet<>();
    private final Map<String, TokenCheck> applications = new LinkedHashMap<>();
    private final Map<String, Map<String, InetSocketAddress>> routesByDevice =
        new LinkedHashMap<>();
    private DialScope dialScope = DialScope.ROUTES;
    private ServiceDial serviceDial = ServiceDial.BEFORE_ANSWER;
    private Duration pingInterval = Duration.ZERO;
    private boolean failOnLeaks = true;
    private @Nullable SSLSocketFactory tls;

    private Builder() {}

    /**
     * An access key that is taken. Without one every request is answered 401.
     *
     * @param key {@code ak_…}
     * @param deviceIds all that it opens; none for every device
     * @return this
     * @throws IllegalArgumentException when a device ID is none
     */
    public Builder apiKey(String key, String... deviceIds) {
      devicesByKey.put(
          key, Arrays.stream(deviceIds).map(Devices::key).collect(Collectors.toUnmodifiableSet()));
      return this;
    }

    /**
     * An application whose tokens are taken, whatever is in them.
     *
     * @param applicationId as clients send it in {@code X-Application-ID}
     * @return this
     * @throws IllegalArgumentException when it is blank
     */
    public Builder application(String applicationId) {
      return application(applicationId, (token, target) -> {});
    }

    /**
     * An application with a check of its tokens.
     *
     * @param applicationId as clients send it in {@code X-Application-ID}
     * @param check decides on each request
     * @return this
     * @throws IllegalArgumentException when the ID is blank
     */
    public Builder application(String applicationId, TokenCheck check) {
      if (applicationId.isBlank()) {
        throw new IllegalArgumentException("applicationId is blank");
      }
      applications.put(applicationId, Objects.requireNonNull(check, "check is null"));
      return this;
    }

    /**
     * An application that checks its tokens as production does: the signature, with one of its
     * verification keys, the algorithm, the expiry, and the claims.
     *
     * @param applicationId as clients send it in {@code X-Application-ID}
     * @param certificates its verification keys; further ones can be uploaded as to production, by
     *     whoever has an {@link #administratorKey}
     * @return this
     * @throws IllegalArgumentException when the ID is blank, or a certificate has a key that is of
     *     no use
     */
    public Builder applicationWithKeys(String applicationId, X509Certificate... certificates) {
      VerificationKeyCheck check = new VerificationKeyCheck();
      for (X509Certificate certificate : certificates) {
        check.add(VerificationCertificate.of(certificate));
      }
      return application(applicationId, check);
    }

    /**
     * An access key that uploads verification keys to all applications, and opens nothing.
     *
     * @param key {@code ak_…}
     * @return this
     */
    public Builder administratorKey(String key) {
      administratorKeys.add(Objects.requireNonNull(key, "key is null"));
      return this;
    }

    /**
     * A gateway that is connected.
     *
     * @param deviceId 32 hex digits
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder device(String deviceId) {
      var unused = routes(deviceId);
      return this;
    }

    /**
     * As {@link TestDevice#route}. Adds the gateway if it is new.
     *
     * @param deviceId 32 hex digits
     * @param serviceAddress as it stands in requests
     * @param actual address that is dialled instead; on loopback, or {@link #build} fails unless
     *     {@link #dialAnything} is called
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder route(String deviceId, String serviceAddress, InetSocketAddress actual) {
      ServiceAddress.check(serviceAddress);
      TestDevice.checkKnown(actual);
      routes(deviceId).put(serviceAddress, actual);
      return this;
    }

    private Map<String, InetSocketAddress> routes(String deviceId) {
      return routesByDevice.computeIfAbsent(Devices.key(deviceId), id -> new LinkedHashMap<>());
    }

    /**
     * Dials service addresses of all gateways that have no route but are on loopback, as {@link
     * TestDevice#dialLoopback} does for one gateway. By default requests for them are answered 404.
     *
     * @return this
     */
    public Builder dialLoopback() {
      dialScope = dialScope.or(DialScope.LOOPBACK);
      return this;
    }

    /**
     * Dials service addresses of all gateways that have no route, and accepts routes to any host,
     * as {@link TestDevice#dialAnything} does for one gateway.
     *
     * @return this
     */
    public Builder dialAnything() {
      dialScope = dialScope.or(DialScope.ANYTHING);
      return this;
    }

    /**
     * When services are dialled.
     *
     * @param when {@link ServiceDial#BEFORE_ANSWER} by default
     * @return this
     */
    public Builder serviceDial(ServiceDial when) {
      serviceDial = when;
      return this;
    }

    /**
     * How often clients are pinged; by default never.
     *
     * @param interval zero for never
     * @return this
     * @throws IllegalArgumentException when it is negative
     */
    public Builder pingInterval(Duration interval) {
      if (interval.isNegative()) {
        throw new IllegalArgumentException("pingInterval must not be negative, but is " + interval);
      }
      pingInterval = interval;
      return this;
    }

    /**
     * Whether {@link TunnelService#verify} tells what was left open or did not end in order. What
     * handlers throw it tells in any case.
     *
     * @param whether true by default
     * @return this
     */
    public Builder failOnLeaks(boolean whether) {
      failOnLeaks = whether;
      return this;
    }

    /**
     * Speaks TLS. HTTP/2 is offered too, as by the load balancers of real clouds, and has no use.
     *
     * @param socketFactory with the certificate, for {@code localhost}
     * @return this
     */
    public Builder useHttps(SSLSocketFactory socketFactory) {
      tls = socketFactory;
      return this;
    }

    /**
     * Makes the service.
     *
     * @return a service that listens once it is started
     * @throws IllegalArgumentException when a route leads to a host that is not on loopback, and
     *     {@link #dialAnything} was not called
     */
    public TunnelService build() {
      return new TunnelService(this);
    }
  }
}
