/** HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS5 (RFC 1928), with TLS to the proxy. */
@NullMarked
package io.github.devicetunnel.internal.proxy;

import org.jspecify.annotations.NullMarked;
