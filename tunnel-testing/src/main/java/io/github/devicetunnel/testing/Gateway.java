package io.github.devicetunnel.testing;

import io.github.devicetunnel.websocket.CloseCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.SocketHandler;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens behind a granted upgrade: the service is dialled and joined to the client. */
final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** For the answer to be written once the service was dialled. */
  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  private final ServiceDial when;
  private final Duration pingInterval;
  private final ServiceSockets services;
  private final Workers workers;
  private final AtomicLong tunnels = new AtomicLong();

  Gateway(ServiceDial when, Duration pingInterval, ServiceSockets services, Workers workers) {
    this.when = when;
    this.pingInterval = pingInterval;
    this.services = services;
    this.workers = workers;
  }

  /**
   * Prepares a tunnel, and dials the service if that is to be done first.
   *
   * @return what carries the tunnel, once the upgrade was answered
   * @throws RefusedException when the service does not answer
   */
  SocketHandler prepare(AcceptedSocket client, InetSocketAddress target) throws RefusedException {
    String name = "tunnel-service-" + tunnels.incrementAndGet();
    if (when == ServiceDial.AFTER_ANSWER) {
      return socket -> {
        byte[] early = earlyBytes(socket);
        Workers.runNamed(name + "-up", () -> carry(name, client, early, dialOrNull(name, target)));
      };
    }
    Socket service;
    Future<?> expiry;
    try {
      service = services.dial(target);
      // MockWebServer calls no handler when it cannot write the answer.
      expiry = workers.schedule(() -> abandon(client, service), ANSWER_TIME);
    } catch (IOException | RejectedExecutionException e) {
      LOG.debug("{}: {} was not reached: {}", name, target, e.getMessage());
      throw ServiceError.notFound("The service does not answer: " + e.getMessage());
    }
    return socket -> {
      expiry.cancel(false);
      byte[] early = earlyBytes(socket);
      Workers.runNamed(name + "-up", () -> carry(name, client, early, service));
    };
  }

  private void carry(String name, AcceptedSocket socket, byte[] early, @Nullable Socket service) {
    LOG.debug("{}: open", name);
    try {
      ClientEnd client = new ClientEnd(socket, early, workers, name);
      if (service == null) {
        client.closeAndAwaitEnd(CloseCode.NORMAL);
      } else {
        new Relay(name, client, service, pingInterval, workers).run();
      }
    } catch (IOException e) {
      LOG.debug("{}: the client is gone already: {}", name, e.getMessage());
      abandon(socket, service);
    }
  }

  private @Nullable Socket dialOrNull(String name, InetSocketAddress target) {
    try {
      return services.dial(target);
    } catch (IOException e) {
      LOG.debug("{}: {} was not reached: {}", name, target, e.getMessage());
      return null;
    }
  }

  private static void abandon(AcceptedSocket client, @Nullable Socket service) {
    client.cut();
    if (service != null) {
      ServiceSockets.closeQuietly(service);
    }
  }

  /** What MockWebServer has read from the client beyond the request. */
  private static byte[] earlyBytes(okio.Socket socket) {
    return socket.getSource() instanceof BufferedSource source
        ? source.getBuffer().readByteArray()
        : new byte[0];
  }
}
