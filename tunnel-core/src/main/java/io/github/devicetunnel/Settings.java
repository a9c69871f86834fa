package io.github.devicetunnel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** The complete, validated settings of a {@link TunnelClient}. Immutable. */
record Settings(
    CloudUri cloudUri,
    Target target,
    Credentials credentials,
    Timeouts timeouts,
    Retry retry,
    int maxConnections,
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
    return new Settings(
        cloudUri,
        other,
        credentials,
        timeouts,
        retry,
        maxConnections,
        allowPlaintext,
        bareClose,
        extraHeaders,
        eventListeners);
  }

  ConnectionInfo connection(long number, @Nullable InetSocketAddress localClient) {
    return new ConnectionInfo(number, target.deviceId(), target.serviceAddress(), localClient);
  }

  ListenerInfo listener(SocketAddress localAddress) {
    return new ListenerInfo(localAddress, target.deviceId(), target.serviceAddress());
  }

  /** Returns the headers of the upgrade, without the header that contains the secret. */
  Headers headers() {
    String applicationId = credentials.applicationId();
    return applicationId == null
        ? extraHeaders
        : extraHeaders.newBuilder().set("X-Application-ID", applicationId).build();
  }
}
