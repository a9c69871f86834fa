/**
 * Websocket framing (RFC 6455): a byte stream over frames, masking, close codes and keep-alive.
 * Independent of HTTP and of tunnels.
 */
@NullMarked
package io.github.devicetunnel.internal.frames;

import org.jspecify.annotations.NullMarked;
