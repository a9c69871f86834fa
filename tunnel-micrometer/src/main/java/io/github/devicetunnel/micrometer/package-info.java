/**
 * Figures of tunnels for Micrometer.
 *
 * <p>Begin with {@link io.github.devicetunnel.micrometer.TunnelMetrics}.
 */
@NullMarked
package io.github.devicetunnel.micrometer;

import org.jspecify.annotations.NullMarked;
