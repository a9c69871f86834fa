/**
 * The cloud apart from tunnels: where it is, and what it says when it refuses. Not exported to all.
 */
@NullMarked
package io.github.devicetunnel.cloud;

import org.jspecify.annotations.NullMarked;
