package io.github.devicetunnel.internal.net;

/** A socket that records when bytes arrive, including bytes of an incomplete TLS record. */
public interface ArrivalClock {
  /** Returns the {@link System#nanoTime} at which bytes last arrived. Thread-safe. */
  long arrivedAt();
}
