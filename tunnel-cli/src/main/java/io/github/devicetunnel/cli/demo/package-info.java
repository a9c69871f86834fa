/** The {@code demo} command. */
@NullMarked
package io.github.devicetunnel.cli.demo;

import org.jspecify.annotations.NullMarked;
