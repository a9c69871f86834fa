/**
 * Listening and accepted local sockets, TCP and unix, and the detection of clients that have left.
 */
@NullMarked
package io.github.devicetunnel.internal.local;

import org.jspecify.annotations.NullMarked;
