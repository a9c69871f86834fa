/** The process: environment, standard streams, terminal, signals and child programs. */
@NullMarked
package io.github.devicetunnel.cli.process;

import org.jspecify.annotations.NullMarked;
