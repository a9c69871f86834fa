package io.github.devicetunnel.testing;

import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;

/** Grants or rejects upgrade requests, like the service. */
final class Upgrades {
  private final AcceptedSockets clients;
  private final Access access;
  private final Devices devices;
  private final Gateway gateway;

  Upgrades(AcceptedSockets clients, Access access, Devices devices, Gateway gateway) {
    this.clients = clients;
    this.access = access;
    this.devices = devices;
    this.gateway = gateway;
  }

  /**
   * Returns the response to a valid request.
   *
   * @param trigger the ordered fault of the tunnel; null without a fault
   */
  MockResponse grant(RecordedRequest request, ConnectionPath path, @Nullable FaultTrigger trigger)
      throws RejectedException {
    access.check(request.getHeaders(), path);
    Handshake.check(request);
    AcceptedSocket client = clients.byConnectionIndex(request.getConnectionIndex());
    if (client == null) {
      throw RejectedException.notFound("The client has disconnected");
    }
    TestDevice device = devices.find(path);
    if (device == null || !device.isConnected()) {
      throw RejectedException.notFound("The device is not known or not connected");
    }
    return Handshake.response(request, gateway.prepare(client, device, path, trigger));
  }
}
