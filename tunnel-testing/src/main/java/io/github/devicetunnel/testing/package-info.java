/**
 * A stand-in for the tunnelling service and the gateways behind it, in this process. Begin at
 * {@link io.github.devicetunnel.testing.TunnelService}.
 *
 * <p>A request is answered by {@code Upgrades}: path, key, device, service. A granted one is
 * carried by a {@code Relay} between the client's websocket ({@code ClientEnd}) and the TCP
 * service.
 */
@NullMarked
package io.github.devicetunnel.testing;

import org.jspecify.annotations.NullMarked;
