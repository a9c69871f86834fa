package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.MockWebServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tunnelling service in this process, with the gateways behind it: what {@code wss://…} is to a
 * program in production, {@link #uri} is to its tests. It checks requests and refuses them as the
 * service does, dials TCP services, and carries bytes.
 *
 * <pre>{@code
 * String device = "017b7fddb124724840c1c7b800000000";
 * try (TunnelService service =
 *     TunnelService.builder()
 *         .apiKey("ak_test")
 *         .device(device)
 *         .route(device, "127.0.0.1:80", webServer.getAddress())
 *         .build()) {
 *   service.start();
 *   // connect to service.uri() with the key, the device and 127.0.0.1:80
 * }
 * }</pre>
 *
 * <p>It listens on loopback only. Threads that serve a tunnel are named {@code tunnel-service-N-…};
 * those of MockWebServer, on which this is built, are no daemons: close it, or the JVM stays.
 *
 * <p>All methods may be called from any thread.
 */
public final class TunnelService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelService.class);

  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  private final MockWebServer server = new MockWebServer();
  private final Workers workers = new Workers();
  private final AcceptedSockets clients = new AcceptedSockets();
  private final ServiceSockets services = new ServiceSockets();
  private final Devices devices;
  private final boolean encrypted;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TunnelService(Builder settings) {
    this.devices = settings.devices;
    this.encrypted = settings.tls != null;
    Gateway gateway = new Gateway(settings.serviceDial, settings.pingInterval, services, workers);
    ApiKeys keys = new ApiKeys(Map.copyOf(settings.devicesByKey));
    server.setServerSocketFactory(clients);
    server.setDispatcher(new Upgrades(server, clients, keys, devices, gateway));
    if (settings.tls != null) {
      server.useHttps(new LayeredTls(settings.tls));
    }
  }

  /**
   * Begins a new service.
   *
   * @return settings with their defaults: no access key, no device
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
    // With its name, which is not looked up then.
    server.start(InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}), 0);
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
    return (encrypted ? "wss://localhost:" : "ws://127.0.0.1:") + server.getPort();
  }

  /**
   * Says where a service of a gateway really is, from the next dial on. Adds the gateway if it is
   * new.
   *
   * @param deviceId 32 hex digits
   * @param serviceAddress as it stands in requests, {@code 127.0.0.1:80} for example
   * @param actual what is dialled instead; without a route it is the service address itself
   * @throws IllegalArgumentException for anything else
   */
  public void route(String deviceId, String serviceAddress, InetSocketAddress actual) {
    devices.route(deviceId, serviceAddress, actual);
  }

  /** {@return how many requests have come, refused ones too} */
  public int requestCount() {
    return server.getRequestCount();
  }

  /** {@return how many clients' connections are open, those between two requests too} */
  public int openConnections() {
    return clients.open();
  }

  /**
   * Cuts all tunnels, stops listening, and returns when all sockets and threads are gone, after
   * five seconds at most for either. The second call does nothing.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    workers.shutdown();
    // Before their services, whose end would be told to them as a reset.
    clients.cutAll();
    services.close();
    boolean interrupted = Thread.interrupted(); // MockWebServer would leave its threads behind.
    try {
      server.close();
      if (!workers.awaitEnd(CLOSE_TIME)) {
        LOG.warn("threads of {} are still busy {} s after its end", this, CLOSE_TIME.toSeconds());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public String toString() {
    return "TunnelService[" + (server.getStarted() ? uri() : "not started") + "]";
  }

  /** Settings of a {@link TunnelService}. For one thread. */
  public static final class Builder {
    private final Map<String, Set<String>> devicesByKey = new LinkedHashMap<>();
    private final Devices devices = new Devices();
    private ServiceDial serviceDial = ServiceDial.BEFORE_ANSWER;
    private Duration pingInterval = Duration.ZERO;
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
     * A gateway that is connected.
     *
     * @param deviceId 32 hex digits
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder device(String deviceId) {
      devices.add(deviceId);
      return this;
    }

    /**
     * As {@link TunnelService#route}.
     *
     * @param deviceId 32 hex digits
     * @param serviceAddress as it stands in requests
     * @param actual what is dialled instead
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder route(String deviceId, String serviceAddress, InetSocketAddress actual) {
      devices.route(deviceId, serviceAddress, actual);
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
     */
    public TunnelService build() {
      return new TunnelService(this);
    }
  }
}
