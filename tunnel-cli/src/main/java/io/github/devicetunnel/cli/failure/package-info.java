/** Failures of commands, with their messages and exit codes. */
@NullMarked
package io.github.devicetunnel.cli.failure;

import org.jspecify.annotations.NullMarked;
