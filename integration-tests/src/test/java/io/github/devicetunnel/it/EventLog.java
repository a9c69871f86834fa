package io.github.devicetunnel.it;

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

/** Writes down what it is told: a line an event, but for bytes, which are summed up. */
final class EventLog extends TunnelEventListener {
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
  public synchronized void upgraded(ConnectionInfo connection, DialTimings took) {
    add(connection, "upgraded");
    timings.add(took);
  }

  @Override
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException refusal, DialTimings took) {
    add(connection, "rejected " + refusal.statusCode());
    LOG.trace("rejected", refusal);
  }

  @Override
  public synchronized void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings took) {
    add(connection, "dialFailed " + attempt);
    LOG.trace("dialFailed", failure);
    timings.add(took);
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

  /** The connections that told something, in the order in which they began. */
  synchronized List<ConnectionInfo> connections() {
    return List.copyOf(connections.keySet());
  }

  /** What each of them told. */
  synchronized List<List<String>> lines() {
    return connections.values().stream().map(List::copyOf).toList();
  }

  /** What the only one told. */
  synchronized List<String> onlyLines() {
    assertThat(connections).hasSize(1);
    return lines().get(0);
  }

  /** What listeners told. */
  synchronized List<String> listenerLines() {
    return List.copyOf(listeners);
  }

  /** Of dials that were granted or failed. */
  synchronized List<DialTimings> timings() {
    return List.copyOf(timings);
  }

  /** Of all that have closed. */
  synchronized List<CloseReason> reasons() {
    return List.copyOf(reasons);
  }

  synchronized long sent() {
    return sent;
  }

  synchronized long received() {
    return received;
  }
}
