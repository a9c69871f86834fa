/** The HTTP request that becomes a websocket (RFC 6455 section 4), and warm connections for it. */
@NullMarked
package io.github.devicetunnel.internal.upgrade;

import org.jspecify.annotations.NullMarked;
