package io.github.devicetunnel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** What a {@link TunnelClient} was built with; complete, checked and immutable. */
record Settings(
    CloudUri cloudUri,
    Target target,
    Credentials credentials,
    Timeouts timeouts,
    Retry retry,
    int maxConnections,
    boolean allowPlaintext,
    Headers extraHeaders,
    List<TunnelEventListener> eventListeners) {

  /**
   * How often a dial is tried.
   *
   * @param attempts at least 1
   * @param backoff about the first pause; each further one is twice as long
   */
  record Retry(int attempts, Duration backoff) {
    static final Retry NONE = new Retry(1, Duration.ofMillis(500));
  }

  /**
   * All times that bound a connection.
   *
   * @param livenessTimeout null for the default, which depends on the interval of pings
   * @param halfCloseTimeout null for the default, which depends on whose end it is
   */
  record Timeouts(
      Duration pingInterval,
      @Nullable Duration livenessTimeout,
      Duration connectTimeout,
      Duration writeTimeout,
      @Nullable Duration halfCloseTimeout,
      Duration drainTimeout,
      Duration idleTimeout) {

    static final Timeouts DEFAULTS =
        new Timeouts(
            Duration.ofSeconds(5),
            null,
            Duration.ofSeconds(15),
            Duration.ofMinutes(2),
            null,
            Duration.ofSeconds(5),
            Duration.ZERO);

    private static final Duration LEAST_LIVENESS = Duration.ofSeconds(8);

    Timeouts withPingInterval(Duration value) {
      return new Timeouts(
          value,
          livenessTimeout,
          connectTimeout,
          writeTimeout,
          halfCloseTimeout,
          drainTimeout,
          idleTimeout);
    }

    Timeouts withLivenessTimeout(Duration value) {
      return new Timeouts(
          pingInterval,
          value,
          connectTimeout,
          writeTimeout,
          halfCloseTimeout,
          drainTimeout,
          idleTimeout);
    }

    Timeouts withConnectTimeout(Duration value) {
      return new Timeouts(
          pingInterval,
          livenessTimeout,
          value,
          writeTimeout,
          halfCloseTimeout,
          drainTimeout,
          idleTimeout);
    }

    Timeouts withWriteTimeout(Duration value) {
      return new Timeouts(
          pingInterval,
          livenessTimeout,
          connectTimeout,
          value,
          halfCloseTimeout,
          drainTimeout,
          idleTimeout);
    }

    Timeouts withHalfCloseTimeout(Duration value) {
      return new Timeouts(
          pingInterval,
          livenessTimeout,
          connectTimeout,
          writeTimeout,
          value,
          drainTimeout,
          idleTimeout);
    }

    Timeouts withDrainTimeout(Duration value) {
      return new Timeouts(
          pingInterval,
          livenessTimeout,
          connectTimeout,
          writeTimeout,
          halfCloseTimeout,
          value,
          idleTimeout);
    }

    Timeouts withIdleTimeout(Duration value) {
      return new Timeouts(
          pingInterval,
          livenessTimeout,
          connectTimeout,
          writeTimeout,
          halfCloseTimeout,
          drainTimeout,
          value);
    }

    boolean pings() {
      return !pingInterval.isZero();
    }

    /**
     * Two intervals, but never less than eight seconds: a busy network may lose a packet or two.
     */
    Duration liveness() {
      if (livenessTimeout != null) {
        return livenessTimeout;
      }
      Duration two = pingInterval.multipliedBy(2);
      return two.compareTo(LEAST_LIVENESS) < 0 ? LEAST_LIVENESS : two;
    }
  }

  Settings withTarget(Target other) {
    return new Settings(
        cloudUri,
        other,
        credentials,
        timeouts,
        retry,
        maxConnections,
        allowPlaintext,
        extraHeaders,
        eventListeners);
  }

  ConnectionInfo connection(long number, @Nullable InetSocketAddress localClient) {
    return new ConnectionInfo(number, target.deviceId(), target.serviceAddress(), localClient);
  }

  ListenerInfo listener(SocketAddress localAddress) {
    return new ListenerInfo(localAddress, target.deviceId(), target.serviceAddress());
  }

  /** Without the one that holds the secret. */
  Headers headers() {
    String applicationId = credentials.applicationId();
    return applicationId == null
        ? extraHeaders
        : extraHeaders.newBuilder().set("X-Application-ID", applicationId).build();
  }
}
