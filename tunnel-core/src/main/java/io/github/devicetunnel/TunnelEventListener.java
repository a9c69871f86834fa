package io.github.devicetunnel;

import java.io.IOException;
import java.time.Duration;

/**
 * Is told what happens to the connections and listeners of a client. Every method does nothing
 * until it is overridden, and more may be added.
 *
 * <h2>Order</h2>
 *
 * What one connection may tell, from the first to the last:
 *
 * <pre class="diagram">
 * dialStarted ─┬─ upgraded ── opened ── bytesSent, bytesReceived … ── closed
 *      ▲       ├─ rejected ───┬─────────────────────────────────────── closed
 *      │       └─ dialFailed ─┤
 *      └────── retry ─────────┘
 * </pre>
 *
 * <p>Each {@link #dialStarted} is followed by exactly one of {@link #upgraded}, {@link #rejected}
 * and {@link #dialFailed}. A connection that has told of a dial tells {@link #closed} exactly once,
 * whatever becomes of it, and nothing after that. It may do so at any point: one that is ended
 * while it is dialled tells no {@link #opened}, and one that is ended in the pause after {@link
 * #retry} does not dial again. A stream whose end was noticed is closed, whether or not its
 * application closes it.
 *
 * <h2>Threads</h2>
 *
 * Whoever causes an event tells it, and waits until every listener has returned. So a listener is
 * called by many threads at a time, and must not block: it holds up the connection that it is told
 * of, though no other.
 *
 * <table>
 * <caption>Who calls</caption>
 * <tr><th>event</th><th>connection of a listener</th><th>stream</th></tr>
 * <tr><td>of the dial, opened</td><td>its thread {@code tunnel-N-down}, or {@code
 *     tunnel-N-dial} where that is virtual</td><td>the caller of {@link TunnelClient#open}, or a {@code tunnel-dial}</td></tr>
 * <tr><td>bytesSent</td><td>its thread {@code tunnel-N-up}</td><td>who writes</td></tr>
 * <tr><td>bytesReceived</td><td>its thread {@code tunnel-N-down}</td><td>who reads, or its {@code
 *     tunnel-stand-in}</td></tr>
 * <tr><td>closed</td><td colspan="2">whichever thread leaves last: one of the above, the one that
 *     closes the stream, or a {@code tunnel-helper} when nobody else closes it</td></tr>
 * </table>
 *
 * <p>Of one connection, only {@code bytesSent} and {@code bytesReceived} come at the same time.
 * What a listening port tells comes from the thread that binds it, accepts on it, or closes it. No
 * event comes from the thread of the timers, and none with a lock of the library held but the one
 * by which a stream admits one writer.
 *
 * <p>Everything may be called from a callback, {@code close()} too; but a callback must not wait
 * for another thread that closes something. A stream that is closed in a callback is not waited
 * for. A client or listener that is closed in a callback does not wait for the connection whose
 * callback it is: that one counts as cut, and ends when the callback returns. Two callbacks that
 * close the same client at the same time wait for each other until their drain timeout is over, so
 * prefer {@code close(Duration.ZERO)} there.
 *
 * <p>A listener may throw whatever it likes. The first failure of a kind is logged; the connection
 * goes on, and the other listeners are told.
 */
public abstract class TunnelEventListener {
  /** For subclasses. */
  protected TunnelEventListener() {}

  /**
   * The cloud is about to be asked for a tunnel, and the {@link TokenSource} for a token first.
   *
   * @param connection which it is about
   * @param attempt 1 for the first; every further one counts, for whatever reason
   */
  public void dialStarted(ConnectionInfo connection, int attempt) {}

  /**
   * The cloud granted the tunnel.
   *
   * @param connection which it is about
   * @param timings what took how long, in the attempt that succeeded
   */
  public void upgraded(ConnectionInfo connection, DialTimings timings) {}

  /**
   * The cloud answered, and refused. It is not asked again, unless {@link #retry} follows: once,
   * after a 401, with a fresh token.
   *
   * @param connection which it is about
   * @param refusal what it said
   * @param timings what took how long, in this attempt
   */
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException refusal, DialTimings timings) {}

  /**
   * There was no answer: the cloud could not be reached in time, the connection was ended
   * meanwhile, or there was no token to ask with.
   *
   * @param connection which it is about
   * @param attempt which try it was, 1 for the first
   * @param failure an {@link IOException}, unless an interceptor or the library itself failed
   * @param timings how far it came, and what took how long
   */
  public void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {}

  /**
   * A dial that failed, or was refused for its token, will be tried again.
   *
   * @param connection which it is about
   * @param attempt the one that failed, 1 for the first
   * @param failure why
   * @param pause how long is waited first; zero before the one with a fresh token
   */
  public void retry(ConnectionInfo connection, int attempt, IOException failure, Duration pause) {}

  /**
   * The tunnel is open.
   *
   * @param connection which it is about
   */
  public void opened(ConnectionInfo connection) {}

  /**
   * Bytes were sent towards the service: the socket to the cloud has taken them.
   *
   * @param connection which it is about
   * @param count of payload, at least 1; all of one frame
   */
  public void bytesSent(ConnectionInfo connection, int count) {}

  /**
   * Bytes came from the service. They are about to be given to the local side, unless the
   * connection has been ended.
   *
   * @param connection which it is about
   * @param count of payload, at least 1
   */
  public void bytesReceived(ConnectionInfo connection, int count) {}

  /**
   * The connection is over, and its socket to the cloud is closed.
   *
   * @param connection which it is about
   * @param reason the same as in exceptions and in the log. Its bytes are those until it was ended;
   *     a frame that was on its way at that moment was told of, and is not in it
   */
  public void closed(ConnectionInfo connection, CloseReason reason) {}

  /**
   * A port is open for local clients.
   *
   * @param listener which it is about
   */
  public void listenerBound(ListenerInfo listener) {}

  /**
   * The port is closed. Connections that came through it may go on for a while.
   *
   * @param listener which it is about
   */
  public void listenerClosed(ListenerInfo listener) {}

  /**
   * A listener carries as many connections as it may: further ones wait until one ends. Told each
   * time that it begins.
   *
   * @param listener which it is about
   * @param maxConnections how many that is
   */
  public void connectionsWaiting(ListenerInfo listener, int maxConnections) {}
}
