/** The completion scripts of shells, and the names that they offer. */
@NullMarked
package io.github.devicetunnel.cli.completion;

import org.jspecify.annotations.NullMarked;
