package io.github.devicetunnel;

import static io.github.devicetunnel.Durations.seconds;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.internal.frames.CloseCode;
import io.github.devicetunnel.internal.frames.ProtocolViolationException;
import io.github.devicetunnel.internal.local.ClientKeepAlive;
import io.github.devicetunnel.internal.net.HeapShare;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cause of the end of a connection, with its message. The static factory methods cover all
 * causes. A {@link CloseReason} adds the byte counts and the duration of the connection.
 *
 * @param received close code that the cloud sent; 1006 after an accepted end without a close frame;
 *     otherwise null
 * @param answer code of the close frame that the library sends
 */
record CloseCause(
    Kind kind,
    EndedBy endedBy,
    @Nullable Integer received,
    int answer,
    String message,
    @Nullable Throwable cause) {

  /** Messages on Linux, macOS and Windows if no local port is free. */
  private static final List<String> NO_LOCAL_PORT =
      List.of(
          "Cannot assign requested address",
          "Can't assign requested address",
          "Address already in use: connect");

  /** Leaves room for the library's own text around the text of a server. */
  private static final int MAX_MESSAGE = 2 * OneLine.MAX_FOREIGN;

  /** Makes the message printable, because it can contain text from a server. */
  CloseCause {
    message = OneLine.of(message, MAX_MESSAGE);
  }

  private static CloseCause of(
      Kind kind, EndedBy endedBy, int answer, String message, @Nullable Throwable cause) {
    return new CloseCause(kind, endedBy, null, answer, message, cause);
  }

  /** Returns the cause for an upgrade that the cloud rejected. */
  static CloseCause rejected(Rejection rejection) {
    return of(
        Kind.REJECTED, EndedBy.CLOUD, CloseCode.NORMAL, rejection.message(), rejection.answer());
  }

  /** Returns the message of an exception, shortened because it can repeat a server's text. */
  private static String shortened(Exception e) {
    return OneLine.of(String.valueOf(e.getMessage()), OneLine.MAX_FOREIGN);
  }

  /** Returns the cause for a dial without a usable token. */
  static CloseCause withoutToken(Target target, TokenException e) {
    return withoutToken(e, "cannot open a tunnel to " + target + ": " + e.getMessage());
  }

  /** Returns the cause for a request to the REST API without a usable token. */
  static CloseCause withoutToken(CloudUri cloud, TokenException e) {
    return withoutToken(e, "cannot send a request to " + cloud.base() + ": " + e.getMessage());
  }

  private static CloseCause withoutToken(TokenException e, String message) {
    Kind kind = e.isUnusable() ? Kind.TOKEN_REFUSED : Kind.DIAL_FAILED;
    return of(kind, EndedBy.CLIENT, CloseCode.NORMAL, message, e);
  }

  /**
   * Returns the cause for a resource that is exhausted on this machine, or null for another
   * failure.
   *
   * @param what message of the failure, from Unix or Windows
   * @param ipv6 whether the address is an IPv6 address
   */
  static @Nullable CloseCause exhausted(String what, boolean ipv6, IOException e) {
    String message = exhausted(what, ipv6);
    return message == null
        ? null
        : of(Kind.DIAL_FAILED, EndedBy.CLIENT, CloseCode.NORMAL, message, e);
  }

  private static @Nullable String exhausted(String what, boolean ipv6) {
    if (NO_LOCAL_PORT.stream().anyMatch(what::contains)) {
      // Linux reports the same error for IPv6 on a machine without an IPv6 address.
      return "this machine has no free local port"
          + (ipv6 ? " or no IPv6 address" : "")
          + " for a connection to the cloud; close connections or widen the range of local ports"
          + " (net.ipv4.ip_local_port_range on Linux)";
    }
    if (what.contains("Too many open files in system")
        || what.contains("No buffer space available")) {
      return "this machine has too many open files or connections to connect to the cloud;"
          + " close some of them";
    }
    return what.contains("Too many open files")
        ? "this process has too many open files to connect to the cloud; raise its limit"
        : null;
  }

  /**
   * Returns the cause for a dial without an answer to the upgrade.
   *
   * @param why description of the failure, with the fix
   */
  static CloseCause unreachable(CloudUri cloud, String why, IOException e) {
    String message = "the cloud " + cloud + " could not be reached: " + why;
    return of(Kind.DIAL_FAILED, EndedBy.CLOUD, CloseCode.NORMAL, message, e);
  }

  /** Returns the cause for a dial that exceeds the share of the heap for connections. */
  static CloseCause heapFull(HeapShare heap, boolean tls) {
    String message =
        "not enough heap for another tunnel: this JVM supports at most "
            + heap.maxConnections(tls)
            + (tls ? " tunnels over wss" : " tunnels over ws")
            + "; increase -Xmx";
    return of(Kind.DIAL_FAILED, EndedBy.CLIENT, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for a connection that waited too long for another connection to end. */
  static CloseCause noConnectionFree(Duration waited, int limit) {
    String message =
        "no connection ended within "
            + seconds(waited)
            + ", and the client has reached its limit of "
            + limit
            + " connections; close connections, or raise maxConnections";
    return of(Kind.DIAL_FAILED, EndedBy.CLIENT, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for a dial that was not made because earlier ones failed. */
  static CloseCause backoff(BackoffStats state, BackoffException e) {
    Object whom = state.target() == null ? state.cloudUri() : state.target();
    String message =
        "not dialled: the last "
            + (state.failures() == 1 ? "dial" : state.failures() + " dials")
            + " to "
            + whom
            + " failed, next dial in "
            + seconds(state.delay())
            + "; "
            + state.message();
    return of(Kind.BACKOFF, EndedBy.CLIENT, CloseCode.NORMAL, message, e);
  }

  /** Returns the cause for a dial that waited too long for other dials. */
  static CloseCause tooManyDials(Duration waited, int limit) {
    String message =
        "the dial did not start within "
            + seconds(waited)
            + ", because "
            + limit
            + " other dials were in progress; check whether the cloud is overloaded, or raise"
            + " maxConcurrentDials";
    return of(Kind.DIAL_FAILED, EndedBy.CLIENT, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for a dial that exceeded the time limit of its caller. */
  static CloseCause timedOut(Duration limit, String step) {
    String message =
        "the tunnel did not open within " + seconds(limit) + ": timed out while " + step;
    return of(Kind.DIAL_FAILED, EndedBy.LOCAL, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for an interrupt of the thread that dialled, read or wrote. */
  static CloseCause interrupted(String step, IOException e) {
    String message = "interrupted while " + step;
    return of(Kind.LOCAL_CLOSED, EndedBy.LOCAL, CloseCode.NORMAL, message, e);
  }

  /** Returns the cause for a close frame from the cloud. */
  static CloseCause remoteClosed(int code, String text, @Nullable String hint) {
    boolean inOrder = code == CloseCode.NORMAL || code == CloseCode.NO_STATUS;
    boolean hasCode = code != CloseCode.NO_STATUS;
    String shown = Target.shown(text);
    String message =
        (inOrder ? "the service" : "the cloud")
            + " closed the connection"
            + (hasCode ? " with code " + code : "")
            + (shown.isEmpty() ? "" : ", " + shown)
            + (hint == null ? "" : hint);
    return new CloseCause(
        Kind.REMOTE_CLOSED,
        inOrder ? EndedBy.SERVICE : EndedBy.CLOUD,
        hasCode ? code : null,
        inOrder ? code : CloseCode.NORMAL,
        message,
        null);
  }

  /** Returns the cause for an end without a close frame that {@link BareClose#END} accepts. */
  static CloseCause bareClose(@Nullable String hint) {
    String message =
        "the service closed the connection without a close frame" + (hint == null ? "" : hint);
    return new CloseCause(
        Kind.REMOTE_CLOSED, EndedBy.SERVICE, CloseCode.ABNORMAL, CloseCode.NORMAL, message, null);
  }

  /** Returns a hint for a tunnel that ended immediately without a byte. */
  static String notListeningHint(Target target) {
    return " before sending any data; check that the service listens on "
        + target.serviceAddress()
        + " of the gateway";
  }

  /** Returns the cause for a connection to the cloud that was reset or ended unexpectedly. */
  static CloseCause lost(IOException e) {
    String message = "the connection to the cloud was lost: " + shortened(e);
    return of(Kind.CONNECTION_LOST, EndedBy.CLOUD, CloseCode.GOING_AWAY, message, e);
  }

  /** Returns the cause for a violation of the websocket protocol by the cloud. */
  static CloseCause protocolError(ProtocolViolationException e) {
    String message = "the cloud violated the websocket protocol: " + shortened(e);
    return of(Kind.PROTOCOL_ERROR, EndedBy.CLOUD, e.closeCode(), message, e);
  }

  /** Returns the cause for a cloud that sent nothing for the liveness timeout. */
  static CloseCause silent(Duration silence) {
    String message = "no data and no pong from the cloud for " + seconds(silence);
    return of(Kind.SILENT_CLOUD, EndedBy.CLOUD, CloseCode.GOING_AWAY, message, null);
  }

  /** Returns the cause for a cloud that accepted no bytes for the write timeout. */
  static CloseCause writeBlocked(Duration blocked) {
    String message = "the cloud accepted no data for " + seconds(blocked);
    return of(Kind.WRITE_TIMEOUT, EndedBy.CLOUD, CloseCode.GOING_AWAY, message, null);
  }

  /**
   * Returns the cause for a service that sent nothing after the local client ended its output.
   *
   * @param clientLeft whether the service had replied to the last bytes of the client, which has
   *     then probably closed its connection
   */
  static CloseCause halfCloseTimeout(Duration timeout, boolean clientLeft) {
    String message =
        "the service sent nothing for "
            + seconds(timeout)
            + " after the local client ended its output"
            + (clientLeft ? "" : "; if replies take longer, raise the half-close timeout");
    EndedBy endedBy = clientLeft ? EndedBy.LOCAL : EndedBy.CLIENT;
    return of(Kind.HALF_CLOSE_TIMEOUT, endedBy, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for a connection without payload for the idle timeout. */
  static CloseCause idle(Duration timeout) {
    String message = "no data in either direction for " + seconds(timeout);
    return of(Kind.IDLE_TIMEOUT, EndedBy.CLIENT, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for a failure of the local client's connection. */
  static CloseCause localReset(IOException e) {
    String message =
        ClientKeepAlive.isExpired(e)
            ? "the local client disappeared: no answer to TCP keep-alive probes or retransmissions"
            : "the local client aborted the connection: " + e.getMessage();
    return of(Kind.LOCAL_RESET, EndedBy.LOCAL, CloseCode.GOING_AWAY, message, e);
  }

  /** Returns the cause for a local client that closed after the cloud confirmed all its bytes. */
  static CloseCause clientLeft() {
    return of(
        Kind.LOCAL_CLOSED,
        EndedBy.LOCAL,
        CloseCode.NORMAL,
        "the local client closed its connection",
        null);
  }

  /** Returns the cause for a local client that closed its connection during the dial. */
  static CloseCause clientLeftDial(String step) {
    String message =
        "the local client closed its connection before the tunnel was open, while " + step;
    return of(Kind.LOCAL_CLOSED, EndedBy.LOCAL, CloseCode.NORMAL, message, null);
  }

  /** Returns the cause for a stream that the application closed. */
  static CloseCause localClosed() {
    return of(
        Kind.LOCAL_CLOSED, EndedBy.LOCAL, CloseCode.NORMAL, "closed by the application", null);
  }

  /** Returns the cause for a connection that was still open at the end of the drain timeout. */
  static CloseCause shutdown() {
    String message = "aborted because its listener or client was closed";
    return of(Kind.SHUTDOWN, EndedBy.CLIENT, CloseCode.GOING_AWAY, message, null);
  }

  /** Returns the cause for a failure of this library. */
  static CloseCause internalError(Throwable e) {
    String message = "unexpected failure: " + e;
    return of(Kind.INTERNAL_ERROR, EndedBy.CLIENT, CloseCode.GOING_AWAY, message, e);
  }

  /**
   * Returns the close reason of a connection that ends now.
   *
   * @param startedAt start of the dial, as {@link System#nanoTime}
   */
  CloseReason reason(long bytesUp, long bytesDown, long startedAt) {
    Duration duration = Duration.ofNanos(System.nanoTime() - startedAt);
    return new CloseReason(kind, endedBy, received, message, cause, bytesUp, bytesDown, duration);
  }
}
