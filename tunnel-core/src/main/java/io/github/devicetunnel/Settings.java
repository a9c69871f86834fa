package io.github.devicetunnel;

import java.time.Duration;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** What a {@link TunnelClient} was built with; complete, checked and immutable. */
record Settings(
    CloudUri cloudUri,
    Target target,
    Credentials credentials,
    Timeouts timeouts,
    boolean allowPlaintext) {

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
      Duration drainTimeout) {

    static final Timeouts DEFAULTS =
        new Timeouts(
            Duration.ofSeconds(5),
            null,
            Duration.ofSeconds(15),
            Duration.ofMinutes(2),
            null,
            Duration.ofSeconds(5));

    private static final Duration LEAST_LIVENESS = Duration.ofSeconds(8);

    Timeouts withPingInterval(Duration value) {
      return new Timeouts(
          value, livenessTimeout, connectTimeout, writeTimeout, halfCloseTimeout, drainTimeout);
    }

    Timeouts withLivenessTimeout(Duration value) {
      return new Timeouts(
          pingInterval, value, connectTimeout, writeTimeout, halfCloseTimeout, drainTimeout);
    }

    Timeouts withConnectTimeout(Duration value) {
      return new Timeouts(
          pingInterval, livenessTimeout, value, writeTimeout, halfCloseTimeout, drainTimeout);
    }

    Timeouts withWriteTimeout(Duration value) {
      return new Timeouts(
          pingInterval, livenessTimeout, connectTimeout, value, halfCloseTimeout, drainTimeout);
    }

    Timeouts withHalfCloseTimeout(Duration value) {
      return new Timeouts(
          pingInterval, livenessTimeout, connectTimeout, writeTimeout, value, drainTimeout);
    }

    Timeouts withDrainTimeout(Duration value) {
      return new Timeouts(
          pingInterval, livenessTimeout, connectTimeout, writeTimeout, halfCloseTimeout, value);
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

  Headers headers() {
    Headers.Builder headers = new Headers.Builder();
    credentials.addTo(headers);
    return headers.build();
  }
}
