/** The YAML file of {@code --config}. */
@NullMarked
package io.github.devicetunnel.cli.config;

import org.jspecify.annotations.NullMarked;
