/** The test cases of {@link io.github.devicetunnel.benchmarks.Pressure} and their helpers. */
@NullMarked
package io.github.devicetunnel.benchmarks.pressure;

import org.jspecify.annotations.NullMarked;
