/** The names of devices and services. */
@NullMarked
package io.github.devicetunnel.cli.book;

import org.jspecify.annotations.NullMarked;
