/** System facilities of the benchmarks: a slow network path and the cleanup of resources. */
@NullMarked
package io.github.devicetunnel.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
