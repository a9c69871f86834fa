/**
 * A websocket (RFC 6455) as a stream of bytes: frames, masking, close codes, keep-alive. Knows
 * nothing of HTTP and of tunnels.
 */
@NullMarked
package io.github.devicetunnel.internal.frames;

import org.jspecify.annotations.NullMarked;
