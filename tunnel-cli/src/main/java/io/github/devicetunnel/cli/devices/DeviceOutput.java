package io.github.devicetunnel.cli.devices;

import io.github.devicetunnel.directory.Device;

/** Prints devices while they arrive. */
interface DeviceOutput {
  void add(Device device);

  /**
   * Called at the end.
   *
   * @param isComplete false if the listing failed
   */
  void end(boolean isComplete);
}
