/** The {@code jwt} and {@code verification-key} commands. */
@NullMarked
package io.github.devicetunnel.cli.jwt;

import org.jspecify.annotations.NullMarked;
