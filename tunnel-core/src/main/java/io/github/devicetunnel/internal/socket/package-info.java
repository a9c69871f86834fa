/** What a java.net.Socket must answer without being connected. */
@NullMarked
package io.github.devicetunnel.internal.socket;

import org.jspecify.annotations.NullMarked;
