/** The cases of {@link io.github.devicetunnel.benchmarks.Pressure}, and what they are made of. */
@NullMarked
package io.github.devicetunnel.benchmarks.pressure;

import org.jspecify.annotations.NullMarked;
