package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client that is being built. Each setter validates its value. {@link #finish}
 * checks only for missing and incompatible values. {@link TunnelClient.Builder} documents the
 * settings. Not thread-safe.
 */
final class SettingsDraft {
  private static final int MAX_WARM = 64;

  private static final int DEFAULT_MAX_CONCURRENT_DIALS = 64;
  private static final Duration DEFAULT_MAX_BACKOFF = Duration.ofSeconds(30);
  private static final String DEFAULT_NAME = "tunnel";
  private static final Pattern NAME = Pattern.compile("[\\w.-]{1,64}");

  private String name = DEFAULT_NAME;
  private @Nullable CloudUri cloudUri;
  private @Nullable String deviceId;
  private @Nullable String serviceAddress;

  private @Nullable Credentials credentials;
  private boolean allowPlaintext;
  private BareClose bareClose = BareClose.END;
  private final Headers.Builder headers = new Headers.Builder();

  private @Nullable OkHttpClient okHttpClient;
  private @Nullable TlsSettings tls;
  private @Nullable ProxySettings proxy;
  private int warmConnections;
  private int platformThreads = ConnectionThreads.PLATFORM_THREADS;
  private int maxConcurrentDials = DEFAULT_MAX_CONCURRENT_DIALS;
  private Duration maxBackoff = DEFAULT_MAX_BACKOFF;

  private final Timeouts.Draft timeouts;
  private Settings.Retry retry = Settings.Retry.NONE;
  private int maxConnections = Integer.MAX_VALUE;
  private long rateLimit;
  private long totalRateLimit;

  private final List<TunnelEventListener> eventListeners = new ArrayList<>();

  /** Creates a draft with the defaults. */
  SettingsDraft() {
    this.timeouts = new Timeouts.Draft(Timeouts.DEFAULTS);
  }

  /** Creates a draft with the settings of another client. */
  SettingsDraft(Settings settings, TransportSettings transport) {
    this.name = settings.name();
    this.cloudUri = settings.cloudUri();
    if (settings.defaultTarget() != null) {
      target(settings.defaultTarget());
    }
    this.credentials = settings.credentials();
    this.allowPlaintext = settings.allowPlaintext();
    this.bareClose = settings.bareClose();
    this.headers.addAll(settings.extraHeaders());
    this.okHttpClient = transport.okHttpClient();
    this.tls = transport.tls();
    this.proxy = transport.proxy();
    this.warmConnections = transport.warmConnections();
    this.platformThreads = transport.platformThreads();
    this.maxConcurrentDials = transport.maxConcurrentDials();
    this.maxBackoff = transport.maxBackoff();
    this.timeouts = new Timeouts.Draft(settings.timeouts());
    this.retry = settings.retry();
    this.maxConnections = settings.maxConnections();
    this.rateLimit = settings.rateLimit();
    this.totalRateLimit = transport.totalRateLimit();
    this.eventListeners.addAll(settings.eventListeners());
  }

  void name(String value) {
    if (!NAME.matcher(given("name", value)).matches()) {
      throw new IllegalArgumentException(
          "name must be 1 to 64 letters, digits, dots, hyphens and underscores, but is \""
              + Target.shown(value)
              + "\"");
    }
    name = value;
  }

  void cloudUri(String uri) {
    CloudUri parsed = CloudUri.parse(given("cloudUri", uri));
    cloudUri = parsed;
    if (parsed.target() != null) {
      target(parsed.target());
    }
  }

  void target(Target target) {
    deviceId = target.deviceId();
    serviceAddress = target.serviceAddress();
  }

  void deviceId(String id) {
    deviceId = Target.checkDeviceId(given("deviceId", id));
  }

  void serviceAddress(String address) {
    serviceAddress = Target.checkServiceAddress(given("serviceAddress", address));
  }

  void credentials(Credentials value) {
    credentials = value;
  }

  void allowPlaintext(boolean allow) {
    allowPlaintext = allow;
  }

  void bareClose(BareClose meaning) {
    bareClose = meaning;
  }

  void header(String name, String value) {
    ExtraHeader.check(name, value);
    headers.add(name, value);
  }

  /** Stores the subprotocols as a header. {@link #header} rejects this header name. */
  void subprotocol(String... names) {
    if (names.length == 0) {
      headers.removeAll(Subprotocols.HEADER);
    } else {
      headers.set(Subprotocols.HEADER, Subprotocols.offer(names));
    }
  }

  void okHttpClient(OkHttpClient client) {
    okHttpClient = client;
  }

  void tls(TlsSettings settings) {
    tls = settings;
  }

  void proxy(ProxySettings settings) {
    proxy = settings;
  }

  void warmConnections(int connections) {
    if (connections < 0 || connections > MAX_WARM) {
      throw new IllegalArgumentException(
          "warmConnections must be from 0 to " + MAX_WARM + ", but is " + connections);
    }
    warmConnections = connections;
  }

  void platformThreads(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("platformThreads must be at least 0, but is " + threads);
    }
    platformThreads = threads;
  }

  Timeouts.Draft timeouts() {
    return timeouts;
  }

  void connectRetry(int attempts, Duration backoff) {
    if (attempts < 1) {
      throw new IllegalArgumentException(
          "connectRetry: attempts must be at least 1, but is " + attempts);
    }
    retry = new Settings.Retry(attempts, Durations.positive("connectRetry: backoff", backoff));
  }

  void maxConnections(int connections) {
    if (connections < 1) {
      throw new IllegalArgumentException(
          "maxConnections must be at least 1, but is " + connections);
    }
    maxConnections = connections;
  }

  void maxConcurrentDials(int dials) {
    if (dials < 1) {
      throw new IllegalArgumentException("maxConcurrentDials must be at least 1, but is " + dials);
    }
    maxConcurrentDials = dials;
  }

  void maxBackoff(Duration delay) {
    maxBackoff = Durations.notNegative("maxBackoff", delay);
  }

  void rateLimit(long bytesPerSecond) {
    rateLimit = rate("rateLimit", bytesPerSecond);
  }

  void totalRateLimit(long bytesPerSecond) {
    totalRateLimit = rate("totalRateLimit", bytesPerSecond);
  }

  private static long rate(String name, long bytesPerSecond) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException(
          name
              + " must be at least 1 byte per second, or 0 for no limit, but is "
              + bytesPerSecond);
    }
    return bytesPerSecond;
  }

  void addEventListener(TunnelEventListener listener) {
    eventListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /** Returns the settings that belong to one client. */
  Settings finish() {
    CloudUri uri = present("cloudUri", cloudUri);
    Settings settings =
        new Settings(
            name,
            uri,
            defaultTarget(),
            present("credentials", credentials),
            timeouts.finish(),
            retry,
            maxConnections,
            rateLimit,
            allowPlaintext,
            bareClose,
            headers.build(),
            List.copyOf(eventListeners));
    if (uri.exposesCredential() && !allowPlaintext) {
      throw new IllegalStateException(
          "cloudUri "
              + uri
              + " would send the credential unencrypted to another machine; use wss, or set"
              + " allowPlaintext(true)");
    }
    return settings;
  }

  /** Returns null if neither the device nor the service is set. */
  private @Nullable Target defaultTarget() {
    return deviceId == null && serviceAddress == null
        ? null
        : new Target(present("deviceId", deviceId), present("serviceAddress", serviceAddress));
  }

  /** Returns the settings that clients can share. */
  TransportSettings transport() {
    return new TransportSettings(
        okHttpClient,
        tls,
        proxy,
        warmConnections,
        platformThreads,
        maxConcurrentDials,
        maxBackoff,
        totalRateLimit);
  }

  /** Rejects null with a clear message; the usual cause is an unset environment variable. */
  private static String given(String name, @Nullable String value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private static <T> T present(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException(name + " is missing");
    }
    return value;
  }
}
