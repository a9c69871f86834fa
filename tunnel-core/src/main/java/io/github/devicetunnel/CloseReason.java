package io.github.devicetunnel;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a connection ended. The exception, the event and the log line of a connection
 * report the same reason.
 *
 * @param kind the kind of end
 * @param endedBy the party that ended the connection
 * @param code the websocket close code (RFC 6455 section 7.4) that the cloud sent; 1006 if the
 *     cloud closed without a close frame and {@link BareClose#END} is set; otherwise null
 * @param message a description in one line, without secrets
 * @param cause the underlying exception, or null
 * @param bytesUp bytes sent to the service
 * @param bytesDown bytes received from the service
 * @param duration time from the start of the dial to the end of the connection
 */
public record CloseReason(
    Kind kind,
    EndedBy endedBy,
    @Nullable Integer code,
    String message,
    @Nullable Throwable cause,
    long bytesUp,
    long bytesDown,
    Duration duration)
    implements Serializable {

  /** The kind of end. */
  public enum Kind {
    /**
     * The cloud closed the tunnel. With {@link EndedBy#SERVICE}, the service closed its connection:
     * the cloud sent close code 1000, a close frame without a code, or no close frame with {@link
     * BareClose#END}. With {@link EndedBy#CLOUD}, the cloud sent another close code.
     */
    REMOTE_CLOSED,
    /**
     * The local client or the application closed the connection, or the application interrupted its
     * thread.
     */
    LOCAL_CLOSED,
    /** The local client reset its connection, or stopped responding to TCP. */
    LOCAL_RESET,
    /**
     * The local client ended its output, and the service then sent nothing for the half-close
     * timeout. Ended by {@link EndedBy#LOCAL} if the service had replied to the last bytes of the
     * client, which had then probably closed its connection. Otherwise ended by {@link
     * EndedBy#CLIENT}, and the reply may be incomplete.
     */
    HALF_CLOSE_TIMEOUT,
    /** No payload was sent in either direction for the idle timeout. */
    IDLE_TIMEOUT,
    /**
     * The listener or client was closed, and the connection did not end within the drain timeout.
     */
    SHUTDOWN,
    /** The cloud sent nothing for the liveness timeout, not even a pong. */
    SILENT_CLOUD,
    /** The cloud accepted no bytes for the write timeout. */
    WRITE_TIMEOUT,
    /**
     * The connection to the cloud was reset, ended inside a message, ended in TLS without a {@code
     * close_notify}, or ended without a close frame while {@link BareClose#RESET} is set.
     */
    CONNECTION_LOST,
    /** The cloud violated the websocket protocol; the message names the violation. */
    PROTOCOL_ERROR,
    /** The cloud rejected the upgrade. */
    REJECTED,
    /**
     * The token is unusable, for example because it has expired or was issued for another device.
     * The cloud was not contacted.
     */
    TOKEN_REFUSED,
    /**
     * The dial failed without an answer to the upgrade. With {@link EndedBy#CLOUD}, the cause is
     * DNS, TCP, a proxy, TLS, or the connect timeout. With {@link EndedBy#CLIENT}, the token source
     * returned no token, or this machine or JVM had no resources for another connection. With
     * {@link EndedBy#LOCAL}, the timeout of {@code Socket.connect} passed.
     */
    DIAL_FAILED,
    /**
     * The dial was not made, because earlier dials to the same target or cloud failed and the next
     * one is not due yet. See {@link TunnelClient.Builder#maxBackoff}.
     */
    BACKOFF,
    /** The library failed, because of a defect or because the JVM is out of memory. */
    INTERNAL_ERROR
  }

  /** The party that ended a connection. */
  public enum EndedBy {
    /** The local client, or the application that owns the stream. */
    LOCAL,
    /** The service on the device. */
    SERVICE,
    /** The cloud, or the network between this machine and the cloud. */
    CLOUD,
    /** This library, because of a timeout, a limit, an unusable token or an internal error. */
    CLIENT
  }

  /**
   * {@return whether the service, the local client or the application closed the connection, and no
   * failure was detected}
   */
  public boolean isOrderly() {
    return switch (kind) {
      case REMOTE_CLOSED -> endedBy == EndedBy.SERVICE;
      case LOCAL_CLOSED -> true;
      default -> false;
    };
  }

  /** Returns this reason with other numbers of bytes. */
  CloseReason withBytes(long up, long down) {
    return up == bytesUp && down == bytesDown
        ? this
        : new CloseReason(kind, endedBy, code, message, cause, up, down, duration);
  }

  /** Returns this reason with a serializable cause. */
  CloseReason serializable() {
    Throwable written = SerializableCause.of(cause);
    return written == cause
        ? this
        : new CloseReason(kind, endedBy, code, message, written, bytesUp, bytesDown, duration);
  }

  private Object writeReplace() {
    return serializable();
  }
}
