/**
 * The command line: parsing, output and exit codes. The library implements tunnels.
 *
 * <p>The entry point is {@link io.github.devicetunnel.cli.Main}.
 */
@NullMarked
package io.github.devicetunnel.cli;

import org.jspecify.annotations.NullMarked;
