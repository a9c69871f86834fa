package io.github.devicetunnel;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ended: one object, the same in the exception, in the event and in the log.
 *
 * @param kind what happened
 * @param endedBy who ended it
 * @param code the close code of the websocket (RFC 6455 section 7.4) that the cloud sent; 1006 when
 *     it closed without a close frame and {@link BareClose#END} accepted that; otherwise null
 * @param message one line for a person, with no secret in it
 * @param cause the exception under it, if there was one
 * @param bytesUp bytes that were sent towards the service
 * @param bytesDown bytes that came from the service
 * @param duration from the beginning of the dial to the end
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

  /** What happened. */
  public enum Kind {
    /**
     * The cloud closed the tunnel: with code 1000, or without a close frame, because the service
     * closed its connection.
     */
    REMOTE_CLOSED,
    /** The local client or the application closed its end. */
    LOCAL_CLOSED,
    /** The local client broke its connection off. */
    LOCAL_RESET,
    /**
     * The local client had ended its output, and nothing came from the service for too long. Ended
     * by {@link EndedBy#LOCAL} when the client had got an answer to all it sent, and so had
     * probably left for good; otherwise a reply may have been cut.
     */
    HALF_CLOSE_TIMEOUT,
    /** No payload went either way for the idle timeout. */
    IDLE_TIMEOUT,
    /** The listener or client was closed, and the time to finish was over. */
    SHUTDOWN,
    /** Nothing came from the cloud for too long, not even an answer to a ping. */
    SILENT_CLOUD,
    /** The cloud took no more bytes for too long. */
    WRITE_TIMEOUT,
    /**
     * The connection to the cloud was reset, or ended inside a message, or TLS ended without a
     * {@code close_notify}, or there was no close frame and {@link BareClose#RESET} is set.
     */
    CONNECTION_LOST,
    /** The cloud broke a rule of the websocket protocol; the message says which. */
    PROTOCOL_ERROR,
    /** The cloud answered the request for a tunnel, and refused. */
    REJECTED,
    /**
     * The token can be seen to open nothing: it has expired, say, or is for another device. The
     * cloud was not asked.
     */
    TOKEN_REFUSED,
    /**
     * The cloud could not be reached: DNS, TCP, proxy, TLS, or no answer in time. Or, ended by
     * {@link EndedBy#CLIENT}, it was not asked because the token source gave no token.
     */
    DIAL_FAILED,
    /** This library failed: a defect, or a machine without memory. */
    INTERNAL_ERROR
  }

  /** Who ended it. */
  public enum EndedBy {
    /** The local client, or the application that holds the stream. */
    LOCAL,
    /** The service on the gateway. */
    SERVICE,
    /** The cloud, or the network on the way to it. */
    CLOUD,
    /** This library, by one of its own bounds. */
    CLIENT
  }

  /**
   * {@return whether the end is what one of the sides meant, and nothing was lost: the service
   * closed in order, or the application did}
   */
  public boolean isOrderly() {
    return switch (kind) {
      case REMOTE_CLOSED -> endedBy == EndedBy.SERVICE;
      case LOCAL_CLOSED -> true;
      default -> false;
    };
  }

  /** Returns this, with a cause that can be serialized. */
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
