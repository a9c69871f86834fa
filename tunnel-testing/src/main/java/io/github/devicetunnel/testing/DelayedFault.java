package io.github.devicetunnel.testing;

import java.time.Duration;

/** A fault that comes later. */
record DelayedFault(Duration time, Fault fault) implements Fault {}
