package io.github.devicetunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@link TunnelClient#probe()}: the steps of opening one tunnel, and the step that
 * failed, if one did. Immutable.
 *
 * @param target device and service
 * @param timings durations of the steps; a step that did not take place is null
 * @param addresses addresses of the host of the cloud, or of the proxy; empty if none was resolved
 * @param remoteAddress address of the cloud or proxy that the last attempt connected to; null if
 *     there was no attempt
 * @param tls result of the TLS handshake with the cloud; null if there was none
 * @param roundTrip round-trip time of a ping to the cloud; null if no answer came within two
 *     seconds
 * @param closeReason the reason if the tunnel ended during the probe; null if it was still open
 * @param failedStep null if the tunnel opened and the service did not end it at once
 * @param failure the exception of a failed dial; null if the tunnel opened
 */
public record ProbeReport(
    Target target,
    DialTimings timings,
    List<InetAddress> addresses,
    @Nullable InetSocketAddress remoteAddress,
    @Nullable Tls tls,
    @Nullable Duration roundTrip,
    @Nullable CloseReason closeReason,
    @Nullable Step failedStep,
    @Nullable IOException failure) {

  /** A step of a probe. */
  public enum Step {
    /** Getting a token and checking its claims. */
    CREDENTIAL,
    /** Resolving the host of the cloud, or of the proxy. */
    DNS,
    /** Connecting to the cloud, including a proxy. */
    CONNECT,
    /** The TLS handshake with the cloud. */
    TLS,
    /** The upgrade request and its answer. */
    UPGRADE,
    /** Using the open tunnel: the service ended it without sending a byte, or it failed. */
    SERVICE
  }

  /**
   * The result of a TLS handshake.
   *
   * @param version such as {@code TLSv1.3}
   * @param cipherSuite IANA name
   * @param certificates the certificate of the cloud, followed by those of its issuers
   */
  public record Tls(String version, String cipherSuite, List<X509Certificate> certificates) {}

  /** {@return whether the tunnel opened and the service did not end it at once} */
  public boolean isReachable() {
    return failedStep == null;
  }
}
