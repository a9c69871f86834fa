package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.ListenerInfo;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records one line per event, and the sums of the bytes. */
public final class EventLog extends TunnelEventListener {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  // All guarded by this.
  private final Map<ConnectionInfo, List<String>> connections = new LinkedHashMap<>();
  private final List<String> listeners = new ArrayList<>();
  private final List<DialTimings> timings = new ArrayList<>();
  private final List<CloseReason> reasons = new ArrayList<>();
  private long sent;
  private long received;

  @Override
  public void dialStarted(ConnectionInfo connection, int attempt) {
    add(connection, "dialStarted " + attempt);
  }

  @Override
  public synchronized void upgraded(ConnectionInfo connection, DialTimings dialTimings) {
    add(connection, "upgraded");
    timings.add(dialTimings);
  }

  @Override
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException rejection, DialTimings dialTimings) {
    add(connection, "rejected " + rejection.statusCode());
    LOG.trace("rejected", rejection);
  }

  @Override
  public synchronized void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings dialTimings) {
    add(connection, "dialFailed " + attempt);
    LOG.trace("dialFailed", failure);
    timings.add(dialTimings);
  }

  @Override
  public void retry(ConnectionInfo connection, int attempt, IOException failure, Duration pause) {
    assertThat(pause.isNegative()).isFalse();
    add(connection, "retry " + attempt + (pause.isZero() ? " at once" : ""));
  }

  @Override
  public void opened(ConnectionInfo connection) {
    add(connection, "opened");
  }

  @Override
  public synchronized void bytesSent(ConnectionInfo connection, int count) {
    sent += count;
    bytes(connection);
  }

  @Override
  public synchronized void bytesReceived(ConnectionInfo connection, int count) {
    received += count;
    bytes(connection);
  }

  private void bytes(ConnectionInfo connection) {
    List<String> lines = connections.get(connection);
    if (!lines.get(lines.size() - 1).equals("bytes")) {
      lines.add("bytes");
    }
  }

  @Override
  public synchronized void closed(ConnectionInfo connection, CloseReason reason) {
    add(connection, "closed " + reason.kind());
    LOG.trace("closed {}", reason, reason.cause());
    reasons.add(reason);
  }

  @Override
  public synchronized void listenerBound(ListenerInfo listener) {
    listeners.add("listenerBound " + listener.localAddress());
  }

  @Override
  public synchronized void listenerClosed(ListenerInfo listener) {
    listeners.add("listenerClosed " + listener.localAddress());
  }

  @Override
  public synchronized void connectionsWaiting(ListenerInfo listener, int maxConnections) {
    listeners.add("connectionsWaiting " + maxConnections);
  }

  private synchronized void add(ConnectionInfo connection, String line) {
    LOG.trace("{} {}", connection, line);
    connections.computeIfAbsent(connection, c -> new ArrayList<>()).add(line);
  }

  /** Returns the connections that reported events, in the order of their first event. */
  public synchronized List<ConnectionInfo> connections() {
    return List.copyOf(connections.keySet());
  }

  /** Returns the events of each connection. */
  public synchronized List<List<String>> lines() {
    return connections.values().stream().map(List::copyOf).toList();
  }

  /** Returns the events of the only connection. */
  public synchronized List<String> onlyLines() {
    assertThat(connections).hasSize(1);
    return lines().get(0);
  }

  /** Returns the events of listeners. */
  public synchronized List<String> listenerLines() {
    return List.copyOf(listeners);
  }

  /** Returns the timings of dials that succeeded or failed. Rejected dials are not included. */
  public synchronized List<DialTimings> timings() {
    return List.copyOf(timings);
  }

  /** Returns the close reasons of all closed connections. */
  public synchronized List<CloseReason> reasons() {
    return List.copyOf(reasons);
  }

  public synchronized long sent() {
    return sent;
  }

  public synchronized long received() {
    return received;
  }
}
