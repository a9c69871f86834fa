package io.github.devicetunnel;

import static io.github.devicetunnel.Durations.notNegative;
import static io.github.devicetunnel.Durations.positive;
import static io.github.devicetunnel.Durations.seconds;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of a connection, documented in {@link TunnelClient.Builder}.
 *
 * @param livenessTimeout null for the default, which depends on the ping interval
 * @param halfCloseTimeout null for the default, which differs between listeners and streams
 */
record Timeouts(
    Duration pingInterval,
    @Nullable Duration livenessTimeout,
    Duration connectTimeout,
    Duration reusedConnectionTimeout,
    Duration writeTimeout,
    @Nullable Duration halfCloseTimeout,
    Duration drainTimeout,
    Duration idleTimeout,
    Duration backoffWait) {

  private static final Duration PING_INTERVAL = Duration.ofSeconds(5);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration REUSED_CONNECTION_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration WRITE_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration NO_IDLE_TIMEOUT = Duration.ZERO;
  private static final Duration BACKOFF_WAIT = Duration.ofSeconds(2);

  static final Timeouts DEFAULTS =
      new Timeouts(
          PING_INTERVAL,
          null,
          CONNECT_TIMEOUT,
          REUSED_CONNECTION_TIMEOUT,
          WRITE_TIMEOUT,
          null,
          DRAIN_TIMEOUT,
          NO_IDLE_TIMEOUT,
          BACKOFF_WAIT);

  private static final Duration MIN_PING_INTERVAL = Duration.ofMillis(100);
  private static final Duration MAX_PING_INTERVAL = Duration.ofDays(1);
  private static final Duration MIN_LIVENESS = Duration.ofSeconds(8);

  Timeouts withPingInterval(Duration interval) {
    Draft draft = new Draft(this);
    draft.pingInterval(interval);
    return draft.finish();
  }

  Timeouts withBackoffWait(Duration limit) {
    Draft draft = new Draft(this);
    draft.backoffWait(limit);
    return draft.finish();
  }

  boolean pings() {
    return !pingInterval.isZero();
  }

  /**
   * Returns the liveness timeout. Defaults to two ping intervals, but at least 8 s, because a busy
   * network may lose a few packets.
   */
  Duration liveness() {
    if (livenessTimeout != null) {
      return livenessTimeout;
    }
    Duration two = pingInterval.multipliedBy(2);
    return two.compareTo(MIN_LIVENESS) < 0 ? MIN_LIVENESS : two;
  }

  /**
   * Returns the time between two pings: the ping interval, or half of a shorter liveness timeout.
   * The cloud may be silent until a ping arrives, so a ping must leave before the timeout passes.
   */
  Duration keepAliveInterval() {
    Duration half = liveness().dividedBy(2);
    return half.compareTo(pingInterval) < 0 ? half : pingInterval;
  }

  /**
   * Returns the configured half-close timeout, or the default.
   *
   * @param standard the default of the listener or stream
   */
  Duration halfClose(Duration standard) {
    return halfCloseTimeout == null ? standard : halfCloseTimeout;
  }

  /** Timeouts under construction, each validated when it is set. Not thread-safe. */
  static final class Draft {
    private Duration pingInterval;
    private @Nullable Duration livenessTimeout;
    private Duration connectTimeout;
    private Duration reusedConnectionTimeout;
    private Duration writeTimeout;
    private @Nullable Duration halfCloseTimeout;
    private Duration drainTimeout;
    private Duration idleTimeout;
    private Duration backoffWait;

    Draft(Timeouts from) {
      this.pingInterval = from.pingInterval;
      this.livenessTimeout = from.livenessTimeout;
      this.connectTimeout = from.connectTimeout;
      this.reusedConnectionTimeout = from.reusedConnectionTimeout;
      this.writeTimeout = from.writeTimeout;
      this.halfCloseTimeout = from.halfCloseTimeout;
      this.drainTimeout = from.drainTimeout;
      this.idleTimeout = from.idleTimeout;
      this.backoffWait = from.backoffWait;
    }

    void pingInterval(Duration interval) {
      if (!interval.isZero() && interval.compareTo(MIN_PING_INTERVAL) < 0) {
        throw new IllegalArgumentException(
            "pingInterval must be 0 (no pings) or at least 0.1 s, but is " + seconds(interval));
      }
      if (interval.compareTo(MAX_PING_INTERVAL) > 0) {
        throw new IllegalArgumentException(
            "pingInterval must be at most 86400 s (1 day), but is " + seconds(interval));
      }
      pingInterval = interval;
    }

    void livenessTimeout(Duration timeout) {
      livenessTimeout = positive("livenessTimeout", timeout);
    }

    void connectTimeout(Duration timeout) {
      connectTimeout = positive("connectTimeout", timeout);
    }

    void reusedConnectionTimeout(Duration timeout) {
      reusedConnectionTimeout = positive("reusedConnectionTimeout", timeout);
    }

    void writeTimeout(Duration timeout) {
      writeTimeout = notNegative("writeTimeout", timeout);
    }

    void halfCloseTimeout(Duration timeout) {
      halfCloseTimeout = positive("halfCloseTimeout", timeout);
    }

    void drainTimeout(Duration timeout) {
      drainTimeout = notNegative("drainTimeout", timeout);
    }

    void idleTimeout(Duration timeout) {
      idleTimeout = notNegative("idleTimeout", timeout);
    }

    void backoffWait(Duration limit) {
      backoffWait = notNegative("backoffWait", limit);
    }

    Timeouts finish() {
      return new Timeouts(
          pingInterval,
          livenessTimeout,
          connectTimeout,
          reusedConnectionTimeout,
          writeTimeout,
          halfCloseTimeout,
          drainTimeout,
          idleTimeout,
          backoffWait);
    }
  }
}
