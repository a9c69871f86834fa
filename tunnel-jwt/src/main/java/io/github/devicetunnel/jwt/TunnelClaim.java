package io.github.devicetunnel.jwt;

/** A claim that restricts a token. A token without a claim is not restricted in that respect. */
public enum TunnelClaim {
  /** The device ID: {@code pelion.edge.tunnel.device_id}. */
  DEVICE_ID("device_id"),
  /** The IP address of the service, as the gateway sees it: {@code pelion.edge.tunnel.ip}. */
  IP("ip"),
  /** The port of the service: {@code pelion.edge.tunnel.port}, a number. */
  PORT("port");

  private final String claimName;

  TunnelClaim(String lastPart) {
    this.claimName = "pelion.edge.tunnel." + lastPart;
  }

  /** {@return the name of the claim in the token} */
  public String claimName() {
    return claimName;
  }
}
