/**
 * Compares the product with its peers. The service and the load run on this machine. The cloud is
 * fast enough not to limit the peers, and each peer is a separate process.
 */
@NullMarked
package io.github.devicetunnel.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
