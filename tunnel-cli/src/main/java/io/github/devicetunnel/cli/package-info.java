/**
 * The command line: parsing, printing and exit codes. What a tunnel does is the library's business.
 *
 * <p>Begin with {@link io.github.devicetunnel.cli.Main}.
 */
@NullMarked
package io.github.devicetunnel.cli;

import org.jspecify.annotations.NullMarked;
