package io.github.devicetunnel.directory;

import java.net.UnknownHostException;

/**
 * Thrown when no device in the directory has the requested name or ID. Drivers and HTTP clients
 * handle it like a host name that cannot be resolved.
 */
public final class UnknownDeviceException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  private final String name;

  UnknownDeviceException(String name) {
    this(name, "the device directory has no device " + shown(name) + "; check the name");
  }

  UnknownDeviceException(String name, String message) {
    super(message);
    this.name = name;
  }

  private static String shown(String name) {
    return Device.isId(name) ? name : DirectoryText.quoted(name);
  }

  /** {@return the name or ID that was searched} */
  public String name() {
    return name;
  }
}
