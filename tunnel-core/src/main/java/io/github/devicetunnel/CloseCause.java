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
 * Every way in which a connection ends, with the words for it. A {@link CloseReason} is one of
 * these with the figures of the connection.
 *
 * @param received the code of the cloud's close frame, if it sent one
 * @param answer the code of our close frame
 */
record CloseCause(
    Kind kind,
    EndedBy endedBy,
    @Nullable Integer received,
    int answer,
    String message,
    @Nullable Throwable cause) {

  /** Of a connect on Linux, macOS and Windows when every local port is in use. */
  private static final List<String> NO_LOCAL_PORT =
      List.of(
          "Cannot assign requested address",
          "Can't assign requested address",
          "Address already in use: connect");

  /** Our own words around those of a server. */
  private static final int MAX_MESSAGE = 2 * OneLine.MAX_FOREIGN;

  /** Whatever a server said has become a part of the message, perhaps by way of an exception. */
  CloseCause {
    message = OneLine.of(message, MAX_MESSAGE);
  }

  private static CloseCause of(
      Kind kind, EndedBy endedBy, int answer, String message, @Nullable Throwable cause) {
    return new CloseCause(kind, endedBy, null, answer, message, cause);
  }

  /** The cloud rejected the upgrade. */
  static CloseCause rejected(Rejection rejection) {
    return of(
        Kind.REJECTED, EndedBy.CLOUD, CloseCode.NORMAL, rejection.message(), rejection.answer());
  }

  /** An exception may repeat what a server sent, however much that was. */
  private static String said(Exception e) {
    return OneLine.of(String.valueOf(e.getMessage()), OneLine.MAX_FOREIGN);
  }

  /** There is no token to ask the cloud with. */
  static CloseCause withoutToken(Target target, TokenException e) {
    Kind kind = e.isRefused() ? Kind.TOKEN_REFUSED : Kind.DIAL_FAILED;
    String what = e.isRefused() ? "the token opens no tunnel to " : "no token for a tunnel to ";
    String message = what + target + ": " + e.getMessage();
    return of(kind, EndedBy.CLIENT, CloseCode.NORMAL, message, e);
  }

  /**
   * The cause is on this machine, in the words of Unix or Windows; null for other causes.
   *
   * @param what the message of the failure
   * @param ipv6 whether the address was one of IPv6
   */
  static @Nullable CloseCause exhausted(String what, boolean ipv6, IOException e) {
    String message = exhausted(what, ipv6);
    return message == null
        ? null
        : of(Kind.DIAL_FAILED, EndedBy.CLIENT, CloseCode.NORMAL, message, e);
  }

  private static @Nullable String exhausted(String what, boolean ipv6) {
    if (NO_LOCAL_PORT.stream().anyMatch(what::contains)) {
      // Linux reports the same when loopback has no IPv6 address.
      return "this machine has no free local port"
          + (ipv6 ? ", or no IPv6 address," : "")
          + " to reach the cloud: close connections, or widen the range of local ports"
          + " (net.ipv4.ip_local_port_range on Linux)";
    }
    if (what.contains("Too many open files in system")
        || what.contains("No buffer space available")) {
      return "this machine has too many open files or connections to reach the cloud: end some";
    }
    return what.contains("Too many open files")
        ? "this process has too many open files to reach the cloud: raise its limit"
        : null;
  }

  /**
   * There was no answer to the upgrade.
   *
   * @param why all that is to be said of it
   */
  static CloseCause unreachable(CloudUri cloud, String why, IOException e) {
    String message = "the cloud " + cloud + " could not be reached: " + why;
    return of(Kind.DIAL_FAILED, EndedBy.CLOUD, CloseCode.NORMAL, message, e);
  }

  /** There is no memory for another connection. */
  static CloseCause heapFull(HeapShare heap, boolean tls) {
    String message =
        "no memory for another tunnel: the heap of this JVM takes "
            + heap.maxConnections(tls)
            + (tls ? " over wss" : " over ws")
            + "; raise -Xmx";
    return of(Kind.DIAL_FAILED, EndedBy.CLIENT, CloseCode.NORMAL, message, null);
  }

  /** Whoever wanted the tunnel waits no longer for its dial. */
  static CloseCause givenUp(Duration limit, String doing) {
    String message = "no tunnel within " + seconds(limit) + ", given up while " + doing;
    return of(Kind.DIAL_FAILED, EndedBy.LOCAL, CloseCode.NORMAL, message, null);
  }

  /** The thread that dialled was interrupted. */
  static CloseCause interrupted(String doing, IOException e) {
    String message = "interrupted while " + doing;
    return of(Kind.LOCAL_CLOSED, EndedBy.LOCAL, CloseCode.NORMAL, message, e);
  }

  /** The other end sent a close frame. */
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

  /** The cloud's connection ended between two messages, which means that the service closed. */
  static CloseCause bareClose(@Nullable String hint) {
    String message =
        "the service closed the connection without a close frame" + (hint == null ? "" : hint);
    return new CloseCause(
        Kind.REMOTE_CLOSED, EndedBy.SERVICE, CloseCode.ABNORMAL, CloseCode.NORMAL, message, null);
  }

  /** What an end at once and without a byte hints at, though it cannot be known. */
  static String nothingListens(Target target) {
    return " at once and without a byte: is anything listening on "
        + target.serviceAddress()
        + " of the gateway?";
  }

  /** The connection to the cloud ended or was reset. */
  static CloseCause lost(IOException e) {
    String message = "the connection to the cloud was lost: " + said(e);
    return of(Kind.CONNECTION_LOST, EndedBy.CLOUD, CloseCode.GOING_AWAY, message, e);
  }

  /** The cloud sent something that is not allowed. */
  static CloseCause protocolError(ProtocolViolationException e) {
    String message = "the cloud broke the websocket protocol: " + said(e);
    return of(Kind.PROTOCOL_ERROR, EndedBy.CLOUD, e.closeCode(), message, e);
  }

  /** Nothing came from the cloud. */
  static CloseCause silent(Duration silence) {
    String message =
        "nothing came from the cloud for " + seconds(silence) + ", no answer to a ping either";
    return of(Kind.SILENT_CLOUD, EndedBy.CLOUD, CloseCode.GOING_AWAY, message, null);
  }

  /** The cloud took nothing. */
  static CloseCause writeBlocked(Duration blocked) {
    String message = "the cloud took no bytes for " + seconds(blocked);
    return of(Kind.WRITE_TIMEOUT, EndedBy.CLOUD, CloseCode.GOING_AWAY, message, null);
  }

  /**
   * The local client had ended its output, and nothing came any more.
   *
   * @param clientLeft whether it had got an answer to all it sent, and is gone for good as it seems
   */
  static CloseCause halfCloseTimeout(Duration timeout, boolean clientLeft) {
    String message =
        "nothing came from the service for "
            + seconds(timeout)
            + " after the local client had ended its output"
            + (clientLeft ? "" : "; if a reply was still to come, raise the half-close timeout");
    EndedBy endedBy = clientLeft ? EndedBy.LOCAL : EndedBy.CLIENT;
    return of(Kind.HALF_CLOSE_TIMEOUT, endedBy, CloseCode.NORMAL, message, null);
  }

  /** Nothing went either way. */
  static CloseCause idle(Duration timeout) {
    String message = "nothing was sent either way for " + seconds(timeout);
    return of(Kind.IDLE_TIMEOUT, EndedBy.CLIENT, CloseCode.NORMAL, message, null);
  }

  /** The local client's connection broke. */
  static CloseCause localReset(IOException e) {
    String message =
        ClientKeepAlive.isExpired(e)
            ? "the local client vanished: it answered no TCP keep-alive probe or retransmission"
            : "the local client broke the connection off: " + e.getMessage();
    return of(Kind.LOCAL_RESET, EndedBy.LOCAL, CloseCode.GOING_AWAY, message, e);
  }

  /** The local client closed its connection, and the cloud has confirmed all that it sent. */
  static CloseCause clientLeft() {
    return of(
        Kind.LOCAL_CLOSED,
        EndedBy.LOCAL,
        CloseCode.NORMAL,
        "the local client closed its connection",
        null);
  }

  /** The local client closed its connection during the dial. */
  static CloseCause clientLeftDial(String doing) {
    String message =
        "the local client closed its connection before the tunnel was open, while " + doing;
    return of(Kind.LOCAL_CLOSED, EndedBy.LOCAL, CloseCode.NORMAL, message, null);
  }

  /** The application closed its stream. */
  static CloseCause localClosed() {
    return of(
        Kind.LOCAL_CLOSED, EndedBy.LOCAL, CloseCode.NORMAL, "closed by the application", null);
  }

  /** The listener or client was closed, and the time to finish was over. */
  static CloseCause shutdown() {
    String message = "cut, because its listener or client was closed";
    return of(Kind.SHUTDOWN, EndedBy.CLIENT, CloseCode.GOING_AWAY, message, null);
  }

  /** This library failed. */
  static CloseCause internalError(Throwable e) {
    String message = "unexpected failure: " + e;
    return of(Kind.INTERNAL_ERROR, EndedBy.CLIENT, CloseCode.GOING_AWAY, message, e);
  }

  /**
   * With the figures of the connection that ended so just now.
   *
   * @param startedAt when its dial began, by {@link System#nanoTime}
   */
  CloseReason reason(long bytesUp, long bytesDown, long startedAt) {
    Duration duration = Duration.ofNanos(System.nanoTime() - startedAt);
    return new CloseReason(kind, endedBy, received, message, cause, bytesUp, bytesDown, duration);
  }
}
