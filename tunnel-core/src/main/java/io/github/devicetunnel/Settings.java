package io.github.devicetunnel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The complete, validated settings of a {@link TunnelClient}. Immutable.
 *
 * @param name prefix of thread names, and the name of the client in events
 * @param defaultTarget null if the client has no default target
 * @param rateLimit bytes per second and direction of each connection; zero for no limit
 */
record Settings(
    String name,
    CloudUri cloudUri,
    @Nullable Target defaultTarget,
    Credentials credentials,
    Timeouts timeouts,
    Retry retry,
    int maxConnections,
    long rateLimit,
    boolean allowPlaintext,
    BareClose bareClose,
    Headers extraHeaders,
    List<TunnelEventListener> eventListeners) {

  /**
   * The retries of a dial.
   *
   * @param attempts maximum number of attempts, including the first; at least 1
   * @param backoff first pause; each further pause is twice as long, up to 30 seconds, and each is
   *     shortened at random by up to one half
   */
  record Retry(int attempts, Duration backoff) {
    static final Retry NONE = new Retry(1, Duration.ofMillis(500));
  }

  Settings withTarget(Target other) {
    return with(other, timeouts);
  }

  Settings with(Target otherTarget, Timeouts otherTimeouts) {
    return new Settings(
        name,
        cloudUri,
        otherTarget,
        credentials,
        otherTimeouts,
        retry,
        maxConnections,
        rateLimit,
        allowPlaintext,
        bareClose,
        extraHeaders,
        eventListeners);
  }

  /**
   * Returns the target. The settings of a connection or listener always have one.
   *
   * @throws IllegalStateException if the client has no default target
   */
  Target target() {
    if (defaultTarget == null) {
      throw new IllegalStateException(
          "this TunnelClient has no default target; call the method that takes a Target, or set"
              + " deviceId and serviceAddress in the builder");
    }
    return defaultTarget;
  }

  ConnectionInfo connection(long number, @Nullable InetSocketAddress localClient) {
    return new ConnectionInfo(number, name, target(), localClient);
  }

  ListenerInfo listener(SocketAddress localAddress) {
    return new ListenerInfo(localAddress, name, target());
  }

  /** Returns the name of a thread that dials a stream. */
  String dialThread(Target to) {
    return name + "-dial " + to;
  }

  /** Returns the headers of the upgrade, without the header that contains the secret. */
  Headers headers() {
    String applicationId = credentials.applicationId();
    return applicationId == null
        ? extraHeaders
        : extraHeaders.newBuilder().set("X-Application-ID", applicationId).build();
  }
}
