package io.github.devicetunnel.cli.devices;

import io.github.devicetunnel.directory.Device;

/** Prints devices while they arrive. */
interface DeviceOutput {
  void add(Device device);

  /** Called after the last device, unless the listing fails. */
  void end();
}
