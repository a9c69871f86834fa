/**
 * The product and its peers side by side: a service and the load on this machine, a cloud that is
 * quick enough to stay out of the way, and each peer in a process of its own.
 */
@NullMarked
package io.github.devicetunnel.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
