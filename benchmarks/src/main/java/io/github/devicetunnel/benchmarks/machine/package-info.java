/** What the programs ask of the machine: a slow path, and that nothing outlives them. */
@NullMarked
package io.github.devicetunnel.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
