package io.github.devicetunnel.testing;

/**
 * What a tunnel is called, in names of threads and in messages.
 *
 * @param number counts the tunnels of one service, from 1
 */
record TunnelName(long number, String deviceId, String service) {
  /** The name of a thread. */
  String thread(String role) {
    return "tunnel-service-" + number + "-" + role;
  }

  @Override
  public String toString() {
    return "tunnel " + number + " to " + deviceId + "/" + service;
  }
}
