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
    BareClose bareClose,
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

  /** Without the one that holds the secret. */
  Headers headers() {
    String applicationId = credentials.applicationId();
    return applicationId == null
        ? extraHeaders
        : extraHeaders.newBuilder().set("X-Application-ID", applicationId).build();
  }
}
