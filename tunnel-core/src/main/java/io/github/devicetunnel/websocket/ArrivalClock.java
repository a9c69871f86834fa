package io.github.devicetunnel.websocket;

/** A socket that records when bytes arrive, also those of a TLS record that is not complete. */
interface ArrivalClock {
  /** Returns when bytes last arrived, as {@link System#nanoTime}. From any thread. */
  long arrivedAt();
}
