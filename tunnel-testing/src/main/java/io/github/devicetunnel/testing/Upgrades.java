package io.github.devicetunnel.testing;

import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests for tunnels. Each is on its connection's own thread, and may wait there. */
final class Upgrades extends Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Upgrades.class);

  private final MockWebServer server;
  private final AcceptedSockets clients;
  private final ApiKeys keys;
  private final Devices devices;
  private final Gateway gateway;

  Upgrades(
      MockWebServer server,
      AcceptedSockets clients,
      ApiKeys keys,
      Devices devices,
      Gateway gateway) {
    this.server = server;
    this.clients = clients;
    this.keys = keys;
    this.devices = devices;
    this.gateway = gateway;
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
    forgetRecordedRequests();
    try {
      return grant(request);
    } catch (RefusedException e) {
      LOG.debug("refused with {}: {}", e.error().code(), e.getMessage());
      return e.error().toResponse();
    }
  }

  private MockResponse grant(RecordedRequest request) throws RefusedException {
    ConnectionPath path = ConnectionPath.parse(request.getUrl());
    keys.check(request.getHeaders(), path);
    Handshake.check(request);
    AcceptedSocket client = clients.byConnectionIndex(request.getConnectionIndex());
    if (client == null) {
      throw ServiceError.notFound("The client has gone");
    }
    return Handshake.granted(request, gateway.prepare(client, devices.target(path)));
  }

  /** MockWebServer keeps every request until somebody takes it. */
  private void forgetRecordedRequests() throws InterruptedException {
    while (server.takeRequest(0, TimeUnit.NANOSECONDS) != null) {
      // Nobody asks for it.
    }
  }
}
