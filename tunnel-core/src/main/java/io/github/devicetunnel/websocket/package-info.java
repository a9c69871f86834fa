/**
 * The lowest floor: a websocket (RFC 6455) as a stream of bytes. Upgrade through OkHttp, frames of
 * our own, pings. Knows nothing of tunnels.
 */
@NullMarked
package io.github.devicetunnel.websocket;

import org.jspecify.annotations.NullMarked;
