/**
 * Records Micrometer meters for tunnels: dials, connections, bytes, close reasons and listeners.
 *
 * <pre>{@code
 * TunnelMetrics metrics = new TunnelMetrics(registry);
 * TunnelClient measured = client.newBuilder().addEventListener(metrics).build();
 * }</pre>
 *
 * <p>{@link io.github.devicetunnel.micrometer.TunnelMetrics} is the only public class; its
 * documentation lists the meters.
 */
@NullMarked
package io.github.devicetunnel.micrometer;

import org.jspecify.annotations.NullMarked;
