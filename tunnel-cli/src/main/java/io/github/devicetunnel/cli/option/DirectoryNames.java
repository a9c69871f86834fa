package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.book.NameCache;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CloudFailure;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.directory.Device;
import io.github.devicetunnel.directory.DeviceDirectory;
import io.github.devicetunnel.directory.UnknownDeviceException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds devices that are not in the address book in the device directory of the cloud. Connects at
 * the first use, and requests each name once. Not thread-safe. See docs/rationale/devices.md.
 */
final class DirectoryNames implements AutoCloseable {
  private final boolean isAvailable;
  private final Supplier<TunnelClient> clients;
  private final Supplier<NameCache> cache;
  private final Console console;

  private final Map<String, Device> known = new HashMap<>();
  private @Nullable TunnelClient client;

  /**
   * Creates names.
   *
   * @param isAvailable whether there is a credential for the directory
   * @param clients builds the client at the first use
   * @param cache supplies the names of the last list
   */
  DirectoryNames(
      boolean isAvailable,
      Supplier<TunnelClient> clients,
      Supplier<NameCache> cache,
      Console console) {
    this.isAvailable = isAvailable;
    this.cache = cache;
    this.clients = clients;
    this.console = console;
  }

  /**
   * Returns the ID of the only device with a name. Warns if the device is not connected.
   *
   * @param where the origin of the name, for messages
   * @param book suggests similar names
   * @throws CommandFailure if there is no such device, or several, or the directory cannot be read
   */
  String id(String name, String where, AddressBook book) {
    if (console.isSecret(name)) {
      // It would become part of a URL, which servers and proxies log.
      throw CommandFailure.usage(
          where + ": must be the name or ID of a device, but looks like an access key or token");
    }
    Device device = known.get(name);
    if (device == null) {
      device = find(name, where, book);
      known.put(name, device);
      console.deviceNames().addFound(device.id(), name);
      if (!device.isRegistered()) {
        console.warn(
            "device "
                + device.id()
                + " has the state "
                + (device.state() == null ? "unknown" : device.state())
                + " instead of registered; check that the device is online, because the directory"
                + " may be out of date");
      }
    }
    return device.id();
  }

  private Device find(String name, String where, AddressBook book) {
    if (!isAvailable && !book.devices().isEmpty()) {
      throw book.unknownDevice(name, where, ExitCode.USAGE, List.of());
    }
    try {
      return directory().find(name);
    } catch (UnknownDeviceException e) {
      throw book.unknownDevice(name, where, ExitCode.NOT_FOUND, cachedNames());
    } catch (IllegalStateException e) {
      // The credential is a JWT, which the directory does not accept.
      throw book.unknownDevice(name, where, ExitCode.USAGE, List.of());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(where + ": " + e.getMessage());
    } catch (IOException e) {
      throw CloudFailure.of(where + ": ", e, book.suggestion(name, cachedNames()));
    }
  }

  /** Returns the names of the last list, for suggestions. */
  private List<String> cachedNames() {
    List<String> names = cache.get().read(Instant.now());
    return names == null ? List.of() : names;
  }

  private DeviceDirectory directory() {
    TunnelClient open = client;
    if (open == null) {
      open = clients.get();
      client = open;
    }
    return DeviceDirectory.of(open);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
