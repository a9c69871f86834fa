package io.github.devicetunnel.testing;

import org.jspecify.annotations.Nullable;

/**
 * An open tunnel.
 *
 * @param faulty the service end if it has a tunnel fault; null without a fault
 */
record OpenTunnel(
    TunnelName name, ClientEnd client, ServiceEnd service, @Nullable FaultyServiceEnd faulty)
    implements Ledger.Item {

  static OpenTunnel of(
      TunnelName name, ClientEnd client, ServiceEnd service, @Nullable FaultTrigger trigger) {
    if (trigger == null) {
      return new OpenTunnel(name, client, service, null);
    }
    FaultyServiceEnd faulty = new FaultyServiceEnd(service, trigger, client);
    return new OpenTunnel(name, client, faulty, faulty);
  }

  /** Closes the tunnel from the cloud side. Blocks on the network. */
  void close(int code, String reason) {
    client.close(code, reason);
    service.close();
  }

  /** Ends a stall, if there is one. */
  @Override
  public void release() {
    if (faulty != null) {
      faulty.resume();
    }
  }

  @Override
  public String describe() {
    return name + " is still open; close its client, listener or stream";
  }
}
