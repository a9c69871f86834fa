/**
 * Devices by name. {@link io.github.devicetunnel.directory.DeviceDirectory} finds and lists
 * devices, and {@link io.github.devicetunnel.directory.DirectoryResolver} lets drivers and HTTP
 * clients connect to a device by its name.
 */
@NullMarked
package io.github.devicetunnel.directory;

import org.jspecify.annotations.NullMarked;
