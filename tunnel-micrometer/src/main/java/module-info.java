import org.jspecify.annotations.NullMarked;

/**
 * Figures of tunnels for Micrometer. Start at {@link
 * io.github.devicetunnel.micrometer.TunnelMetrics}.
 */
@NullMarked
module io.github.devicetunnel.micrometer {
  requires static org.jspecify;
  requires transitive io.github.devicetunnel.core;
  requires transitive micrometer.core;

  exports io.github.devicetunnel.micrometer;
}
