package io.github.devicetunnel;

import static io.github.devicetunnel.Durations.seconds;

import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.proxy.ProxyException;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Describes a dial without an answer from the cloud: the cause, the step and the fix.
 *
 * <p>A host can have several addresses. OkHttp throws the first failure and suppresses the others.
 * This class selects the most specific failure, in this order: a rejection by a proxy, another
 * failure of a proxy or of TLS, a lost connection, a failed connect, a missing local port or IPv6
 * address on this machine.
 */
final class DialFailure {
  private static final int MAX_ADDRESSES = 4;

  /** OkHttp's message for a cancelled call. */
  private static final String CANCELED = "Canceled";

  private final CloudUri cloud;
  private final @Nullable TlsSettings tls;
  private final @Nullable DialProgress progress;
  private final IOException cause;

  /**
   * Selects the cause from a failure and its suppressed failures.
   *
   * @param tls TLS settings; null if an application's OkHttpClient configures TLS
   * @param progress progress of the upgrade; null if the dial ended before the request
   */
  DialFailure(
      CloudUri cloud,
      @Nullable TlsSettings tls,
      @Nullable DialProgress progress,
      IOException thrown) {
    this.cloud = cloud;
    this.tls = tls;
    this.progress = progress;
    this.cause =
        Stream.concat(Stream.of(thrown), Stream.of(thrown.getSuppressed()))
            .filter(IOException.class::isInstance)
            .map(IOException.class::cast)
            .min(Comparator.comparingInt(DialFailure::rank))
            .orElse(thrown);
  }

  private static int rank(IOException e) {
    if (e instanceof ProxyException proxy) {
      return proxy.isRejection() ? 0 : 1;
    }
    if (e instanceof SSLException) {
      return 1;
    }
    if (e instanceof BindException) {
      return 4; // No local port, or no IPv6 address: another address may show the real cause.
    }
    return isUnconnected(e) ? 3 : 2;
  }

  private static boolean isUnconnected(IOException e) {
    return e instanceof ConnectException
        || e instanceof NoRouteToHostException
        || e instanceof SocketTimeoutException;
  }

  /** Returns the most specific failure. */
  IOException cause() {
    return cause;
  }

  /** Returns whether the proxy rejected the request and would reject it again. */
  boolean isProxyRejection() {
    return cause instanceof ProxyException proxy && proxy.isRejection();
  }

  /** Describes a TLS failure that a retry cannot fix; returns null for other failures. */
  @Nullable String tlsDefect() {
    return progress == null
        ? null
        : new TlsFailure(cloud.base().host(), tls, progress.peer(), cause).describe();
  }

  /**
   * Returns the cause, the step and the fix as a close cause.
   *
   * @param timeout connect timeout
   * @param step description of the step
   */
  CloseCause closeCause(Duration timeout, String step) {
    if (cause instanceof ProxyException) {
      return CloseCause.unreachable(cloud, String.valueOf(cause.getMessage()), cause);
    }
    String defect = tlsDefect();
    if (defect != null) {
      return CloseCause.unreachable(cloud, defect, cause);
    }
    CloseCause exhausted = CloseCause.exhausted(text(cause), step.contains("["), cause);
    if (exhausted != null) {
      return exhausted;
    }
    String fix = fix();
    return CloseCause.unreachable(
        cloud, what(timeout) + ", while " + step + (fix == null ? "" : "; " + fix), cause);
  }

  private String what(Duration timeout) {
    if (cause instanceof InterruptedIOException && "timeout".equals(cause.getMessage())) {
      return "no answer within " + seconds(timeout) + otherAddresses();
    }
    List<DialProgress.Failure> failures = failures();
    return isUnconnected(cause) && failures.size() > 1 ? ofAll(failures) : text(cause);
  }

  private List<DialProgress.Failure> failures() {
    return progress == null || progress.usesProxy() ? List.of() : progress.failures();
  }

  /** Describes the addresses that failed before the timeout passed at another address. */
  private String otherAddresses() {
    List<DialProgress.Failure> failures = failures();
    return failures.isEmpty() ? "" : " (" + ofAll(failures) + ")";
  }

  private static String ofAll(List<DialProgress.Failure> failures) {
    String all =
        failures.stream()
            .limit(MAX_ADDRESSES)
            .map(one -> one.address() + ": " + text(one.cause()))
            .distinct()
            .collect(Collectors.joining("; "));
    int more = failures.size() - MAX_ADDRESSES;
    return more > 0 ? all + "; " + more + " more" : all;
  }

  /** Returns the original message, without OkHttp's own text around it. */
  private static String text(IOException e) {
    Throwable reason = e instanceof ConnectException && e.getCause() != null ? e.getCause() : e;
    String message = OneLine.of(String.valueOf(reason.getMessage()), OneLine.MAX_FOREIGN);
    // For a failed lookup from its cache, Java's message contains only the host.
    return e instanceof UnknownHostException && !message.contains(" ")
        ? "unknown host " + message
        : message;
  }

  private @Nullable String fix() {
    if (progress == null || CANCELED.equals(cause.getMessage())) {
      return null;
    }
    if (progress.usesProxy()) {
      return progress.step() == DialProgress.Step.DNS ? "check the host of the proxy" : null;
    }
    return switch (progress.step()) {
      case DNS ->
          "check the host of the cloud URI and the DNS of this machine; if the network requires a"
              + " proxy, set one";
      case CONNECT ->
          "check the host and port of the cloud URI and the firewall; if the network requires a"
              + " proxy, set one";
      case TLS -> "check the scheme, host and port of the cloud URI";
      case UPGRADE ->
          cause instanceof ProtocolException
              ? "the server does not answer in HTTP; check the cloud URI"
              : null;
      case OTHER -> null;
    };
  }
}
