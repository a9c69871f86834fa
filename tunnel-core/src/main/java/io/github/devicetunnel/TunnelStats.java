package io.github.devicetunnel;

import java.util.List;

/**
 * Statistics of a {@link TunnelClient} since it was built. The values are read one after the other,
 * so they may be inconsistent while connections open and close. With no connection opening or
 * closing they are exact: each dialled connection is counted in exactly one of {@code opened},
 * {@code rejected} and {@code failed}.
 *
 * @param opened number of connections that opened
 * @param rejected number of connections that the cloud rejected
 * @param failed number of connections that ended before they opened, for any other reason
 * @param openNow number of connections that have opened and are not closed
 * @param dialingNow number of connections that are being dialled
 * @param bytesUp bytes sent to the service, by all connections including closed ones
 * @param bytesDown bytes received from the service, by all connections including closed ones
 * @param connections the connections that are being dialled or open
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
   * Creates statistics with a copy of the list.
   *
   * @param opened see above
   * @param rejected see above
   * @param failed see above
   * @param openNow see above
   * @param dialingNow see above
   * @param bytesUp see above
   * @param bytesDown see above
   * @param connections see above
   */
  public TunnelStats {
    connections = List.copyOf(connections);
  }
}
