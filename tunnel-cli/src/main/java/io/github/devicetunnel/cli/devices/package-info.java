/** The command {@code devices}. */
@NullMarked
package io.github.devicetunnel.cli.devices;

import org.jspecify.annotations.NullMarked;
