package io.github.devicetunnel.testing;

import java.time.Duration;

/** A fault that applies after a delay. */
record DelayedFault(Duration time, Fault fault) implements Fault {}
