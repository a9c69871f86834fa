/** The methods of {@link java.net.Socket} that do not depend on a connection. */
@NullMarked
package io.github.devicetunnel.internal.socket;

import org.jspecify.annotations.NullMarked;
