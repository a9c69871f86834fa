/** The options that several commands have, as mixins of picocli. */
@NullMarked
package io.github.devicetunnel.cli.option;

import org.jspecify.annotations.NullMarked;
