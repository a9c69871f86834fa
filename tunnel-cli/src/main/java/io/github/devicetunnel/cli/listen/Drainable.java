package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.DrainReport;
import java.time.Duration;

/** A part of the program that closes after its connections have finished. */
interface Drainable {
  /**
   * Closes the part.
   *
   * @param time the maximum time for open connections to finish; they are closed at once if it is
   *     not positive, or if the calling thread is interrupted
   */
  DrainReport close(Duration time);
}
