package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.SocketHandler;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens tunnels after a granted upgrade: dials the service and connects it to the client. */
final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** Maximum time to write the response after the service was dialled. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private final ServiceDial when;
  private final Duration pingInterval;
  private final ServiceSockets sockets;
  private final Handlers handlers;
  private final Workers workers;
  private final Ledger ledger;
  private final AtomicLong tunnels = new AtomicLong();

  Gateway(
      ServiceDial when,
      Duration pingInterval,
      ServiceSockets sockets,
      Handlers handlers,
      Workers workers,
      Ledger ledger) {
    this.when = when;
    this.pingInterval = pingInterval;
    this.sockets = sockets;
    this.handlers = handlers;
    this.workers = workers;
    this.ledger = ledger;
  }

  /**
   * Prepares a tunnel, and dials the service if it is dialled before the response.
   *
   * @param trigger the ordered fault; null without a fault
   * @return the handler that carries the tunnel after the response
   * @throws RejectedException if the service cannot be reached
   */
  SocketHandler prepare(
      AcceptedSocket client, TestDevice device, ConnectionPath path, @Nullable FaultTrigger trigger)
      throws RejectedException {
    TunnelName name = new TunnelName(tunnels.incrementAndGet(), device.id(), path.service());
    Route route = device.routeTo(path);
    if (when == ServiceDial.AFTER_ANSWER) {
      return socket -> carry(name, client, socket, device, dialOrAbsent(name, route), trigger);
    }
    ServiceEnd service;
    Future<?> expiry;
    try {
      service = dial(name, route);
      // MockWebServer does not call the handler if it cannot write the response.
      expiry = workers.schedule(() -> abandon(client, service), ANSWER_TIMEOUT);
    } catch (IOException | RejectedExecutionException e) {
      LOG.debug("{}: could not connect to {}: {}", name, route, e.getMessage());
      throw RejectedException.notFound("The service does not answer: " + e.getMessage());
    }
    return socket -> {
      expiry.cancel(false);
      carry(name, client, socket, device, service, trigger);
    };
  }

  private ServiceEnd dial(TunnelName name, Route route) throws IOException {
    if (route instanceof Route.ToHandler toHandler) {
      return handlers.start(name, toHandler.handler());
    }
    if (route instanceof Route.ToAddress toAddress) {
      return sockets.dial(toAddress.address());
    }
    throw new ConnectException(
        "no route to "
            + ((Route.ToNothing) route).service()
            + "; set one with TestDevice.route or onConnect, or allow the test to dial it with"
            + " dialLoopback or dialAnything");
  }

  private ServiceEnd dialOrAbsent(TunnelName name, Route route) {
    try {
      return dial(name, route);
    } catch (IOException e) {
      LOG.debug("{}: could not connect to {}: {}", name, route, e.getMessage());
      return new AbsentService();
    }
  }

  private void carry(
      TunnelName name,
      AcceptedSocket socket,
      okio.Socket http,
      TestDevice device,
      ServiceEnd service,
      @Nullable FaultTrigger trigger) {
    byte[] early = earlyBytes(http);
    Workers.runNamed(
        name.threadName("up"),
        () -> {
          try {
            ClientEnd client = new ClientEnd(socket, early, workers, name.threadName("helper"));
            carry(device, OpenTunnel.of(name, client, service, trigger));
          } catch (IOException e) {
            LOG.debug("{}: the client has already disconnected: {}", name, e.getMessage());
            abandon(socket, service);
          }
        });
  }

  private void carry(TestDevice device, OpenTunnel tunnel) {
    LOG.debug("{}: open", tunnel.name());
    ledger.begin(tunnel);
    device.add(tunnel);
    try {
      Relay relay =
          new Relay(tunnel.name(), tunnel.client(), tunnel.service(), pingInterval, workers);
      String uncleanEnd = relay.run();
      if (uncleanEnd != null && tunnel.faulty() == null) {
        ledger.recordLeak("the client of " + tunnel.name() + " " + uncleanEnd);
      }
    } finally {
      device.remove(tunnel);
      ledger.end(tunnel);
    }
  }

  private static void abandon(AcceptedSocket client, ServiceEnd service) {
    client.abort();
    service.close();
  }

  /** Returns the bytes that MockWebServer has read from the client after the request. */
  private static byte[] earlyBytes(okio.Socket socket) {
    return socket.getSource() instanceof BufferedSource source
        ? source.getBuffer().readByteArray()
        : new byte[0];
  }
}
