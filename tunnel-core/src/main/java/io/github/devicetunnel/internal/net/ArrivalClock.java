package io.github.devicetunnel.internal.net;

/** A socket that records when bytes arrive, also those of a TLS record that is not complete. */
public interface ArrivalClock {
  /** Returns when bytes last arrived, as {@link System#nanoTime}. From any thread. */
  long arrivedAt();
}
