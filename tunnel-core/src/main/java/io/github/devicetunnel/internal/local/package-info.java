/** Listening sockets and accepted sockets, TCP and unix, and how their clients leave. */
@NullMarked
package io.github.devicetunnel.internal.local;

import org.jspecify.annotations.NullMarked;
