package io.github.devicetunnel.testing;

/**
 * The name of a tunnel in thread names and messages.
 *
 * @param number the sequence number of the tunnel within its service, from 1
 */
record TunnelName(long number, String deviceId, String service) {
  /** Returns the name of a thread. */
  String threadName(String role) {
    return "tunnel-service-" + number + "-" + role;
  }

  @Override
  public String toString() {
    return "tunnel " + number + " to " + deviceId + "/" + service;
  }
}
