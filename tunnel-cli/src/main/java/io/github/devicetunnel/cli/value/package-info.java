/** Parses and formats values, and names options in messages. */
@NullMarked
package io.github.devicetunnel.cli.value;

import org.jspecify.annotations.NullMarked;
