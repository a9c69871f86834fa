/** PEM files, client certificates, trust, and what a peer presents in a TLS handshake. */
@NullMarked
package io.github.devicetunnel.internal.tls;

import org.jspecify.annotations.NullMarked;
