/**
 * Carries TCP connections to services on IoT gateways through a cloud tunnelling service, one
 * websocket per connection.
 *
 * <p>Begin with {@link io.github.devicetunnel.TunnelClient}.
 */
@NullMarked
package io.github.devicetunnel;

import org.jspecify.annotations.NullMarked;
