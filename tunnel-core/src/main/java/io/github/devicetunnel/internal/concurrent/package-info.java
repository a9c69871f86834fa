/** Threads, timers, deadlines, and a gate that runs an action after the last thread has left. */
@NullMarked
package io.github.devicetunnel.internal.concurrent;

import org.jspecify.annotations.NullMarked;
