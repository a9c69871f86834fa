package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.book.NamedDevice;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replaces the names of devices and services by device IDs and addresses. */
public final class TargetNames {
  private final AddressBook book;
  private final @Nullable DirectoryNames directory;

  /** Creates names for a command without a cloud. */
  public TargetNames(AddressBook book) {
    this(book, null);
  }

  /**
   * Creates names.
   *
   * @param directory the names of devices that are not in the address book
   */
  TargetNames(AddressBook book, @Nullable DirectoryNames directory) {
    this.book = book;
    this.directory = directory;
  }

  /**
   * A target whose values are an ID and an address. Invalid values are unchanged, because the
   * library describes them.
   *
   * @param device null if no device was given
   * @param service null if no service was given
   * @param key the device's own credential, or null
   */
  public record Resolved(
      @Nullable Setting device, @Nullable Setting service, NamedDevice.@Nullable Key key) {}

  /**
   * Resolves a device and a service, which may be an alias of the device.
   *
   * @param device name or ID, or null
   * @param service alias or address, or null
   * @throws CommandFailure if a name is unknown, or the directory cannot be read
   */
  public Resolved resolve(@Nullable Setting device, @Nullable Setting service) {
    Setting id = device == null ? null : device.with(id(device));
    // A device of the directory may be in the address book under another name.
    NamedDevice named = id == null ? null : book.device(id.value());
    return new Resolved(
        id,
        service == null
            ? null
            : service.with(book.service(named, service.value(), service.where())),
        named == null ? null : named.key());
  }

  private String id(Setting device) {
    NamedDevice named = book.device(device.value());
    if (named != null) {
      return named.id();
    }
    if (AddressBook.resemblesId(device.value())) {
      return device.value();
    }
    if (directory == null) {
      throw book.unknownDevice(device.value(), device.where(), ExitCode.USAGE, List.of());
    }
    return directory.id(device.value(), device.where(), book);
  }
}
