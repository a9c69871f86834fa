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
 * An in-process tunnelling service with gateways, for tests. Clients connect to {@link #uri}
 * instead of the {@code wss://…} URI of the cloud. The service validates and rejects requests like
 * the cloud, and carries bytes between clients and TCP services or handlers of the test.
 *
 * <pre>{@code
 * try (TunnelService service = TunnelService.builder().apiKey("ak_test").build().start()) {
 *   service.device("017b7fddb124724840c1c7b800000000")
 *       .route("127.0.0.1:80", webServer.getAddress())
 *       .onConnect(
 *           "127.0.0.1:7", stream -> stream.inputStream().transferTo(stream.outputStream()));
 *   // connect to service.uri() with the key, the device and either address
 *   service.verify();
 * }
 * }</pre>
 *
 * <p>By default, the service dials only service addresses with a route, and routes are limited to
 * loopback addresses. {@link Builder#dialLoopback} and {@link Builder#dialAnything} extend this
 * scope.
 *
 * <p>The service listens on loopback only. Threads that serve a tunnel are named {@code
 * tunnel-service-N-…}. The service is built on MockWebServer, whose threads are not daemon threads:
 * close the service, or the JVM does not exit.
 *
 * <p>Thread-safe.
 */
public final class TunnelService implements AutoCloseable {
  /** Maximum time for closed tunnels, requests and handlers to finish. */
  private static final Duration VERIFY_TIMEOUT = Duration.ofSeconds(5);

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
   * Creates a builder with default settings: no access key, no application and no device.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts listening on a free port of 127.0.0.1. Further calls have no effect.
   *
   * @return this
   * @throws IOException if no port is available
   * @throws IllegalStateException if the service is closed
   */
  public TunnelService start() throws IOException {
    server.start();
    return this;
  }

  /**
   * Returns the base URI of this service: {@code ws://127.0.0.1:port}, or {@code
   * wss://localhost:port} with TLS, because test certificates are usually issued for that name.
   *
   * @return a URI for {@code TunnelClient.Builder.cloudUri}
   * @throws IllegalStateException if the service was not started
   */
  public String uri() {
    return server.uri();
  }

  /**
   * Returns a gateway, with its services and faults. An unknown gateway is added and connected.
   *
   * @param deviceId the device ID, 32 hex digits in either case
   * @return the gateway; the same object for each call with the same ID
   * @throws IllegalArgumentException if the device ID is malformed
   */
  public TestDevice device(String deviceId) {
    return server.devices().device(deviceId);
  }

  /**
   * Adds a route to a gateway; see {@link TestDevice#route}.
   *
   * @param deviceId the device ID, 32 hex digits
   * @param serviceAddress the service address, as in requests
   * @param actual the address to dial instead, on loopback
   * @throws IllegalArgumentException if an argument is malformed, or the actual address is not
   *     allowed
   */
  public void route(String deviceId, String serviceAddress, InetSocketAddress actual) {
    device(deviceId).route(serviceAddress, actual);
  }

  /**
   * Returns the tunnel faults that apply to new tunnels of all gateways.
   *
   * @return the fault orders
   */
  public FaultOrders faults() {
    return server.devices().sharedFaults();
  }

  /**
   * Returns the device directory, which lists all gateways of this service.
   *
   * @return the directory; the same object for each call
   */
  public TestDirectory directory() {
    return server.directory();
  }

  /** Resumes all stalled tunnels. Held-back bytes are forwarded. */
  public void resume() {
    server.tunnels().forEach(OpenTunnel::release);
  }

  /**
   * Returns the recorded upgrade requests, including rejected ones, that were not removed by {@link
   * #takeUpgrade}. A request is recorded before its client receives the response.
   *
   * @return a copy, oldest first; at most the latest 1000 requests are kept
   */
  public List<RecordedUpgrade> upgrades() {
    return server.upgradeLog().all();
  }

  /**
   * Removes and returns the oldest of {@link #upgrades}. Waits for a request if there is none.
   *
   * @param time the maximum time to wait
   * @return the request and the status of its response
   * @throws AssertionError if no request is recorded in time
   * @throws InterruptedException if the thread is interrupted
   */
  public RecordedUpgrade takeUpgrade(Duration time) throws InterruptedException {
    return server.upgradeLog().take(time);
  }

  /** {@return the number of HTTP requests of all kinds received, including rejected requests} */
  public int requestCount() {
    return server.requestCount();
  }

  /** {@return the number of open client connections, including idle ones} */
  public int openConnections() {
    return server.openConnections();
  }

  /**
   * Checks that everything has ended cleanly: no handler or token check has thrown, no tunnel is
   * open, no request is unanswered and no handler is running. In addition, every client must have
   * closed its tunnels with a close frame.
   *
   * <p>This method resumes stalled tunnels and waits at most five seconds for the rest to end. Each
   * finding is reported once. A tunnel with an ordered fault does not have to close cleanly. Idle
   * connections without a tunnel, such as pooled ones, are ignored.
   *
   * @throws AssertionError with all findings; exceptions of handlers and token checks are
   *     suppressed exceptions of the error
   */
  public void verify() {
    verify(VERIFY_TIMEOUT);
  }

  /** Verifies with a custom wait time, for tests of what is reported. */
  void verify(Duration timeout) {
    server.ledger().verify(failOnLeaks, timeout);
  }

  /**
   * Aborts all tunnels, stops listening and waits until all sockets and threads are gone. Waits at
   * most five seconds for the sockets and five seconds for the threads. Further calls have no
   * effect.
   */
  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return server.toString();
  }

  /** Builds a {@link TunnelService}. Not thread-safe. */
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
     * Adds an accepted access key. Requests with an unknown access key are answered with 401.
     *
     * @param key the access key, {@code ak_…}
     * @param deviceIds the devices that the key opens; none for every device
     * @return this
     * @throws IllegalArgumentException if a device ID is malformed
     */
    public Builder apiKey(String key, String... deviceIds) {
      devicesByKey.put(
          key,
          Arrays.stream(deviceIds)
              .map(Devices::normalizedId)
              .collect(Collectors.toUnmodifiableSet()));
      return this;
    }

    /**
     * Adds an application that accepts every token.
     *
     * @param applicationId the application ID, as sent in {@code X-Application-ID}
     * @return this
     * @throws IllegalArgumentException if the ID is blank
     */
    public Builder application(String applicationId) {
      return application(applicationId, (token, target) -> {});
    }

    /**
     * Adds an application that checks its tokens with custom code.
     *
     * @param applicationId the application ID, as sent in {@code X-Application-ID}
     * @param check called for each request
     * @return this
     * @throws IllegalArgumentException if the ID is blank
     */
    public Builder application(String applicationId, TokenCheck check) {
      if (applicationId.isBlank()) {
        throw new IllegalArgumentException("applicationId is blank");
      }
      applications.put(applicationId, Objects.requireNonNull(check, "check is null"));
      return this;
    }

    /**
     * Adds an application that checks its tokens like the cloud: the algorithm, the signature with
     * one of its verification keys, the expiry and the claims.
     *
     * @param applicationId the application ID, as sent in {@code X-Application-ID}
     * @param certificates the certificates of the verification keys; clients with an {@link
     *     #administratorKey} can upload more, as to the cloud
     * @return this
     * @throws IllegalArgumentException if the ID is blank, or the key of a certificate is not
     *     supported
     */
    public Builder applicationWithKeys(String applicationId, X509Certificate... certificates) {
      VerificationKeyCheck check = new VerificationKeyCheck();
      for (X509Certificate certificate : certificates) {
        check.add(VerificationCertificate.of(certificate));
      }
      return application(applicationId, check);
    }

    /**
     * Adds an access key that may upload verification keys to all applications. The key opens no
     * tunnels.
     *
     * @param key the access key, {@code ak_…}
     * @return this
     */
    public Builder administratorKey(String key) {
      administratorKeys.add(Objects.requireNonNull(key, "key is null"));
      return this;
    }

    /**
     * Adds a connected gateway.
     *
     * @param deviceId the device ID, 32 hex digits
     * @return this
     * @throws IllegalArgumentException if the device ID is malformed
     */
    public Builder device(String deviceId) {
      var unused = routes(deviceId);
      return this;
    }

    /**
     * Adds a route, and its gateway if it is unknown; see {@link TestDevice#route}.
     *
     * @param deviceId the device ID, 32 hex digits
     * @param serviceAddress the service address, as in requests
     * @param actual the address to dial instead; unless {@link #dialAnything} is called, {@link
     *     #build} fails if the address is not on loopback
     * @return this
     * @throws IllegalArgumentException if an argument is malformed, or the host of the actual
     *     address is unresolved
     */
    public Builder route(String deviceId, String serviceAddress, InetSocketAddress actual) {
      ServiceAddress.check(serviceAddress);
      TestDevice.checkResolved(actual);
      routes(deviceId).put(serviceAddress, actual);
      return this;
    }

    private Map<String, InetSocketAddress> routes(String deviceId) {
      return routesByDevice.computeIfAbsent(
          Devices.normalizedId(deviceId), id -> new LinkedHashMap<>());
    }

    /**
     * Allows all gateways to dial loopback service addresses without a route; see {@link
     * TestDevice#dialLoopback}. By default, requests for them are answered with 404.
     *
     * @return this
     */
    public Builder dialLoopback() {
      dialScope = dialScope.or(DialScope.LOOPBACK);
      return this;
    }

    /**
     * Allows all gateways to dial any service address without a route, and routes to any host; see
     * {@link TestDevice#dialAnything}.
     *
     * @return this
     */
    public Builder dialAnything() {
      dialScope = dialScope.or(DialScope.ANYTHING);
      return this;
    }

    /**
     * Sets when the gateway dials the service. Default: {@link ServiceDial#BEFORE_ANSWER}.
     *
     * @param when the time of the dial
     * @return this
     */
    public Builder serviceDial(ServiceDial when) {
      serviceDial = when;
      return this;
    }

    /**
     * Sets the interval of pings to clients. Default: no pings.
     *
     * @param interval the interval; zero for no pings
     * @return this
     * @throws IllegalArgumentException if the interval is negative
     */
    public Builder pingInterval(Duration interval) {
      if (interval.isNegative()) {
        throw new IllegalArgumentException("pingInterval must not be negative, but is " + interval);
      }
      pingInterval = interval;
      return this;
    }

    /**
     * Sets whether {@link TunnelService#verify} reports tunnels, requests and handlers that are
     * still open, and tunnels that were not closed cleanly. Exceptions of handlers and token checks
     * are always reported.
     *
     * @param whether true by default
     * @return this
     */
    public Builder failOnLeaks(boolean whether) {
      failOnLeaks = whether;
      return this;
    }

    /**
     * Enables TLS. The service also offers HTTP/2 in ALPN, as the load balancers of clouds do, but
     * tunnels do not use it.
     *
     * @param socketFactory a factory with a certificate for {@code localhost}
     * @return this
     */
    public Builder useHttps(SSLSocketFactory socketFactory) {
      tls = socketFactory;
      return this;
    }

    /**
     * Creates the service.
     *
     * @return a service that is not started yet
     * @throws IllegalArgumentException if the actual address of a route is not on loopback and
     *     {@link #dialAnything} was not called
     */
    public TunnelService build() {
      return new TunnelService(this);
    }
  }
}
