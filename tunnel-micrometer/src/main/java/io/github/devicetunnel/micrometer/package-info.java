/**
 * Figures of tunnels for Micrometer: dials, connections, bytes, ends and listeners, as meters of
 * any monitoring system that Micrometer knows.
 *
 * <pre>{@code
 * TunnelMetrics metrics = new TunnelMetrics(registry);
 * TunnelClient measured = client.newBuilder().addEventListener(metrics).build();
 * }</pre>
 *
 * <p>Begin with {@link io.github.devicetunnel.micrometer.TunnelMetrics}, which is all there is, and
 * has a table of the meters.
 */
@NullMarked
package io.github.devicetunnel.micrometer;

import org.jspecify.annotations.NullMarked;
