package io.github.devicetunnel;

import java.io.IOException;
import java.time.Duration;

/**
 * A receiver of events about the connections and listeners of a client. Every method does nothing
 * by default. Later versions may add methods.
 *
 * <h2>Order</h2>
 *
 * Events of one connection occur in this order:
 *
 * <pre class="diagram">
 * dialStarted ─┬─ upgraded ── opened ── bytesSent, bytesReceived … ── closed
 *      ▲       ├─ rejected ───┬─────────────────────────────────────── closed
 *      │       └─ dialFailed ─┤
 *      └────── retry ─────────┘
 * </pre>
 *
 * <p>Each {@link #dialStarted} is followed by exactly one of {@link #upgraded}, {@link #rejected}
 * and {@link #dialFailed}. After the first {@code dialStarted}, a connection emits {@link #closed}
 * exactly once, as its last event. The connection can be closed at any point. If it is closed
 * during the dial, it emits no {@link #opened}. If it is closed in the pause after {@link #retry},
 * it does not dial again. A stream emits {@code closed} when its end is detected, even if the
 * application does not close it. If the heap has no room for a connection, or a limit is reached,
 * the connection does not dial and emits only {@code closed}.
 *
 * <h2>Threads</h2>
 *
 * The thread that causes an event calls all event listeners and waits until they return. An event
 * listener is therefore called by many threads at the same time. It must not block, because that
 * delays the connection of the event. Other connections are not delayed.
 *
 * <p>The prefix {@code tunnel} of these thread names is the {@linkplain TunnelClient.Builder#name
 * name} of the client, except for {@code tunnel-helper}.
 *
 * <table>
 * <caption>Calling threads</caption>
 * <tr><th>event</th><th>connection of a listener</th><th>stream</th></tr>
 * <tr><td>events of the dial, opened</td><td>its thread {@code tunnel-N-down}, or {@code
 *     tunnel-N-dial} if that is a virtual thread</td><td>the caller of {@link TunnelClient#open},
 *     or a {@code tunnel-dial} thread</td></tr>
 * <tr><td>bytesSent</td><td>its thread {@code tunnel-N-up}</td><td>the thread that writes</td></tr>
 * <tr><td>bytesReceived</td><td>its thread {@code tunnel-N-down}</td><td>the thread that reads, or
 *     a {@code tunnel-stand-in} thread</td></tr>
 * <tr><td>closed</td><td colspan="2">the last thread that uses the connection: one of the above,
 *     the thread that closes the stream, or a {@code tunnel-helper} thread if no other thread
 *     closes it</td></tr>
 * </table>
 *
 * <p>For one connection, only {@code bytesSent} and {@code bytesReceived} can occur at the same
 * time. Events of a listener come from the thread that binds it, accepts on it, or closes it. No
 * event comes from the timer thread. No lock of the library is held during a callback, except the
 * lock that admits one writer to a stream.
 *
 * <p>A callback may call any method, including {@code close()}, but must not wait for another
 * thread that closes a stream, listener or client. Closing a stream in a callback does not wait for
 * its end. Closing a client or listener in a callback does not wait for the connection of that
 * callback: this connection counts as {@link DrainReport#aborted() aborted}, and ends when the
 * callback returns. Two callbacks that close the same client at the same time wait for each other
 * until their drain timeouts have passed, so prefer {@code close(Duration.ZERO)} in callbacks.
 *
 * <p>Exceptions of an event listener affect neither the connection nor other event listeners. The
 * first failure of each kind is logged.
 */
public abstract class TunnelEventListener {
  /** Constructor for subclasses. */
  protected TunnelEventListener() {}

  /**
   * Called before each attempt of a dial, and before the request to the {@link TokenSource}. Not
   * called while the attempt waits for other dials; see {@link
   * TunnelClient.Builder#maxConcurrentDials}.
   *
   * @param connection the connection of the event
   * @param attempt number of the attempt, starting at 1; counts every attempt, whatever the reason
   */
  public void dialStarted(ConnectionInfo connection, int attempt) {}

  /**
   * Called when the cloud has granted the tunnel.
   *
   * @param connection the connection of the event
   * @param timings durations of the steps of the successful attempt
   */
  public void upgraded(ConnectionInfo connection, DialTimings timings) {}

  /**
   * Called when the cloud has rejected the upgrade. The dial ends, unless {@link #retry} follows.
   * {@code retry} follows at most once per dial, after a 401, with a fresh token.
   *
   * @param connection the connection of the event
   * @param rejection the response of the cloud
   * @param timings durations of the steps of this attempt
   */
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException rejection, DialTimings timings) {}

  /**
   * Called when an attempt has failed without a response to the upgrade: the cloud could not be
   * reached in time, the connection was closed during the dial, or no usable token was available.
   *
   * @param connection the connection of the event
   * @param attempt number of the attempt, starting at 1
   * @param failure an {@link IOException}, unless an interceptor or the library itself failed
   * @param timings the steps that were reached, and their durations
   */
  public void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {}

  /**
   * Called before another attempt, after a failed attempt or a rejected token.
   *
   * @param connection the connection of the event
   * @param attempt number of the failed attempt, starting at 1
   * @param failure the reason for the retry
   * @param pause the pause before the next attempt; zero before an attempt with a fresh token
   */
  public void retry(ConnectionInfo connection, int attempt, IOException failure, Duration pause) {}

  /**
   * Called when the tunnel is open.
   *
   * @param connection the connection of the event
   */
  public void opened(ConnectionInfo connection) {}

  /**
   * Called when the socket to the cloud has accepted bytes for the service.
   *
   * @param connection the connection of the event
   * @param count bytes of payload in one frame, at least 1
   */
  public void bytesSent(ConnectionInfo connection, int count) {}

  /**
   * Called when bytes from the service have arrived. They are then delivered to the local side,
   * unless the connection was closed.
   *
   * @param connection the connection of the event
   * @param count bytes of payload, at least 1
   */
  public void bytesReceived(ConnectionInfo connection, int count) {}

  /**
   * Called when the connection has ended and its socket to the cloud is closed.
   *
   * @param connection the connection of the event
   * @param reason the same close reason as in exceptions and in the log. Its byte counts are those
   *     at the moment of the close; a frame in flight at that moment has caused an event but is not
   *     included
   */
  public void closed(ConnectionInfo connection, CloseReason reason) {}

  /**
   * Called when dials to a target or to a whole cloud are delayed after failures, and each time a
   * further failure extends the delay. Clients that share connections share the delays, so the
   * listeners of all of them are called.
   *
   * @param state the delay and its reason
   */
  public void backoff(BackoffStats state) {}

  /**
   * Called when dials are not delayed any more after {@link #backoff}, usually because a dial has
   * succeeded, otherwise because nothing was dialled for 10 minutes.
   *
   * @param state the last delay
   */
  public void backoffEnded(BackoffStats state) {}

  /**
   * Called when a listener has bound its address.
   *
   * @param listener the listener of the event
   */
  public void listenerBound(ListenerInfo listener) {}

  /**
   * Called when a listener has released its address. Its connections may stay open for some time.
   *
   * @param listener the listener of the event
   */
  public void listenerClosed(ListenerInfo listener) {}

  /**
   * Called each time a listener stops accepting because its client has reached {@link
   * TunnelClient.Builder#maxConnections}. Further connections wait until a connection ends.
   *
   * @param listener the listener of the event
   * @param maxConnections the maximum number of connections of the client
   */
  public void connectionsWaiting(ListenerInfo listener, int maxConnections) {}
}
