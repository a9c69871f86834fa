/** Small complete programs, one for each thing that the library is used for. */
@NullMarked
package io.github.devicetunnel.examples;

import org.jspecify.annotations.NullMarked;
