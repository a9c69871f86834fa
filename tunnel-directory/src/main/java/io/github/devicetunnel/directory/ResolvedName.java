package io.github.devicetunnel.directory;

import java.io.IOException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * The result of a lookup.
 *
 * @param deviceId null after a failure
 * @param failure null for a device
 * @param resolvedAt the time of the lookup
 * @param staleAt the time from which the directory is read again
 */
record ResolvedName(
    @Nullable String deviceId, @Nullable IOException failure, long resolvedAt, long staleAt) {

  ResolvedName staleAt(long time) {
    return new ResolvedName(deviceId, failure, resolvedAt, time);
  }

  /** Returns the device ID, or throws a new exception for the failure. */
  String id(String name) throws IOException {
    if (deviceId != null) {
      return deviceId;
    }
    if (failure instanceof DirectoryException) {
      ConnectException failed = new ConnectException(failure.getMessage());
      failed.initCause(failure);
      throw failed;
    }
    throw new UnknownDeviceException(name);
  }
}
