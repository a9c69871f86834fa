/**
 * Records Micrometer meters for tunnels: dials, connections, bytes, close reasons and listeners.
 *
 * <pre>{@code
 * TunnelMetrics metrics = new TunnelMetrics(registry);
 * TunnelClient measured = client.newBuilder().addEventListener(metrics).build();
 * }</pre>
 *
 * <p>The documentation of {@link io.github.devicetunnel.micrometer.TunnelMetrics} lists the meters.
 * {@link io.github.devicetunnel.micrometer.DeviceBytes} adds the bytes of each device.
 */
@NullMarked
package io.github.devicetunnel.micrometer;

import org.jspecify.annotations.NullMarked;
