/** Benchmark programs that are run manually. */
@NullMarked
package io.github.devicetunnel.benchmarks;

import org.jspecify.annotations.NullMarked;
