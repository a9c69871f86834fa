import org.jspecify.annotations.NullMarked;

/**
 * Micrometer meters for tunnels. The entry point is {@link
 * io.github.devicetunnel.micrometer.TunnelMetrics}.
 */
@NullMarked
module io.github.devicetunnel.micrometer {
  requires static org.jspecify;
  requires transitive io.github.devicetunnel.core;
  requires transitive micrometer.core;

  exports io.github.devicetunnel.micrometer;
}
