package io.github.devicetunnel.testing;

import org.jspecify.annotations.Nullable;

/**
 * An open tunnel.
 *
 * @param struck the service end with a pending fault; null without a fault
 */
record OpenTunnel(
    TunnelName name, ClientEnd client, ServiceEnd service, @Nullable StruckService struck)
    implements Ledger.Item {

  static OpenTunnel of(
      TunnelName name, ClientEnd client, ServiceEnd service, @Nullable Strike strike) {
    if (strike == null) {
      return new OpenTunnel(name, client, service, null);
    }
    StruckService struck = new StruckService(service, strike, client);
    return new OpenTunnel(name, client, struck, struck);
  }

  /** Closes the tunnel from the cloud side. Blocks on the network. */
  void close(int code, String reason) {
    client.close(code, reason);
    service.close();
  }

  /** Ends a stall, if there is one. */
  @Override
  public void release() {
    if (struck != null) {
      struck.resume();
    }
  }

  @Override
  public String describe() {
    return name + " is still open; close its client, listener or stream";
  }
}
