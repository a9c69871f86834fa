package io.github.devicetunnel.it.support;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the dials and the ends of connections with all exceptions, as an application may do. */
final class TracedEvents extends TunnelEventListener {
  private static final Logger LOG = LoggerFactory.getLogger(TracedEvents.class);

  @Override
  public void upgraded(ConnectionInfo connection, DialTimings took) {
    LOG.trace("{} upgraded {}", connection, took);
  }

  @Override
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException rejection, DialTimings took) {
    LOG.trace("{} rejected {}", connection, took, rejection);
  }

  @Override
  public void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings took) {
    LOG.trace("{} dial {} failed {}", connection, attempt, took, failure);
  }

  @Override
  public void closed(ConnectionInfo connection, CloseReason reason) {
    LOG.trace("{} closed {}", connection, reason, reason.cause());
  }
}
