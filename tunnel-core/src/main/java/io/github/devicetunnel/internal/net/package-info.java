/** Sockets and streams below and beside TLS, DNS, and the progress of a dial. */
@NullMarked
package io.github.devicetunnel.internal.net;

import org.jspecify.annotations.NullMarked;
