/** Sockets and streams below and around TLS, DNS lookups, and the progress of a dial. */
@NullMarked
package io.github.devicetunnel.internal.net;

import org.jspecify.annotations.NullMarked;
