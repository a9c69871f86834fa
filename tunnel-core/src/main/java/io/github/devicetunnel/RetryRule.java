package io.github.devicetunnel;

import io.github.devicetunnel.internal.proxy.ProxyException;
import java.io.EOFException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The rules that decide whether a retry may succeed without a change by the user. */
final class RetryRule {
  /** Close codes by which the cloud objects to what was sent (RFC 6455 section 7.4.1). */
  private static final Set<Integer> OBJECTIONS = Set.of(1002, 1003, 1007, 1008, 1009, 1010);

  /** Device offline or service not listening; request timeout; too many requests. */
  private static final Set<Integer> TRANSIENT_STATUSES = Set.of(404, 408, 429);

  private RetryRule() {}

  static boolean allows(int httpStatus) {
    return TRANSIENT_STATUSES.contains(httpStatus) || httpStatus >= 500;
  }

  static boolean allows(CloseReason reason) {
    return switch (reason.kind()) {
      case SILENT_CLOUD,
          WRITE_TIMEOUT,
          CONNECTION_LOST,
          HALF_CLOSE_TIMEOUT,
          IDLE_TIMEOUT,
          BACKOFF ->
          true;
      case REMOTE_CLOSED -> reason.code() == null || !OBJECTIONS.contains(reason.code());
      case DIAL_FAILED -> isTransient(reason.cause());
      case LOCAL_CLOSED,
          LOCAL_RESET,
          SHUTDOWN,
          PROTOCOL_ERROR,
          REJECTED,
          TOKEN_REFUSED,
          INTERNAL_ERROR ->
          false;
    };
  }

  private static boolean isTransient(@Nullable Throwable cause) {
    if (cause instanceof TokenException) {
      return isAny(cause.getCause(), IOException.class) || isAny(cause, TimeoutException.class);
    }
    if (cause instanceof ProxyException proxy) {
      return !proxy.isRejection();
    }
    // An end of the connection during the handshake is a lost connection, not a rejection.
    boolean rejectedInTls =
        isAny(cause, SSLHandshakeException.class) && !isAny(cause, EOFException.class);
    return !rejectedInTls
        && !isAny(cause, SSLPeerUnverifiedException.class)
        && !isAny(cause, CertificateException.class);
  }

  private static boolean isAny(@Nullable Throwable failure, Class<? extends Throwable> type) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return true;
      }
    }
    return false;
  }
}
