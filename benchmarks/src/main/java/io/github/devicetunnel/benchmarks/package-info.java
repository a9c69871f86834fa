/** Programs that are run by hand. */
@NullMarked
package io.github.devicetunnel.benchmarks;

import org.jspecify.annotations.NullMarked;
