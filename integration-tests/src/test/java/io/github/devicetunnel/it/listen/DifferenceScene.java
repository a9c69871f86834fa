package io.github.devicetunnel.it.listen;

import java.nio.file.Path;

/** A situation in which a tunnel differs from a direct connection. */
interface DifferenceScene {
  /**
   * Plays the scene, and fails unless the tunnel and the direct connection behave as documented.
   */
  void play(Path folder) throws Exception;
}
