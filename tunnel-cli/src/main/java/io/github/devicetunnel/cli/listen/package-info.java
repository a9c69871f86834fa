/** Listeners with their addresses and settings, and the port file. */
@NullMarked
package io.github.devicetunnel.cli.listen;

import org.jspecify.annotations.NullMarked;
