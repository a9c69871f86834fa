/** The {@code check} command. */
@NullMarked
package io.github.devicetunnel.cli.check;

import org.jspecify.annotations.NullMarked;
