package io.github.devicetunnel.testing;

import org.jspecify.annotations.Nullable;

/**
 * A tunnel between its beginning and its end.
 *
 * @param struck the service's end, if a fault lies in wait for it
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

  /** Closes it from the cloud's side. Waits for the network. */
  void close(int code, String reason) {
    client.close(code, reason);
    service.close();
  }

  /** Ends a stall, and does nothing otherwise. */
  @Override
  public void release() {
    if (struck != null) {
      struck.resume();
    }
  }

  @Override
  public String describe() {
    return name + " is still open: was its client, listener or stream closed?";
  }
}
