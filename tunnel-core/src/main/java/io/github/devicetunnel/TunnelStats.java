package io.github.devicetunnel;

import java.util.List;

/**
 * The figures of one {@link TunnelClient}, since it was built. They are read one after the other:
 * while connections come and go, some may show one that others do not show yet. Once all has come
 * to rest they are exact, and every connection that was dialled is in one of the first three.
 *
 * @param opened connections that opened
 * @param rejected connections that the cloud refused
 * @param failed connections that ended before they opened for any other reason
 * @param openNow connections that are open, or were and are not closed yet
 * @param dialingNow connections that are being dialled
 * @param bytesUp bytes sent towards the service, by all connections, ended ones too
 * @param bytesDown bytes that came from the service, by all connections, ended ones too
 * @param connections those that are dialled or open
 */
public record TunnelStats(
    long opened,
    long rejected,
    long failed,
    int openNow,
    int dialingNow,
    long bytesUp,
    long bytesDown,
    List<ConnectionStats> connections) {

  /**
   * Copies the list.
   *
   * @param opened as above
   * @param rejected as above
   * @param failed as above
   * @param openNow as above
   * @param dialingNow as above
   * @param bytesUp as above
   * @param bytesDown as above
   * @param connections as above
   */
  public TunnelStats {
    connections = List.copyOf(connections);
  }
}
