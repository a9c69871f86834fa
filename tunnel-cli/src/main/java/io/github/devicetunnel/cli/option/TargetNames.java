package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.book.NamedDevice;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.BuilderMessages;
import org.jspecify.annotations.Nullable;

/** Replaces the names of devices and services by device IDs and addresses. */
public final class TargetNames {
  private final AddressBook book;

  public TargetNames(AddressBook book) {
    this.book = book;
  }

  /**
   * A target whose values are an ID and an address. Invalid values are unchanged, because the
   * library describes them.
   *
   * @param device null if no device was given
   * @param service null if no service was given
   * @param credentials the device's own credential, or null
   */
  public record Resolved(
      @Nullable Setting device, @Nullable Setting service, @Nullable Credentials credentials) {}

  /**
   * Resolves a device and a service, which may be an alias of the device.
   *
   * @param device name or ID, or null
   * @param service alias or address, or null
   * @throws CommandFailure with {@link ExitCode#USAGE} if a name is unknown, or the key file of the
   *     device cannot be read
   */
  public Resolved resolve(@Nullable Setting device, @Nullable Setting service) {
    NamedDevice named = device == null ? null : book.device(device.value());
    return new Resolved(
        device == null ? null : device.with(id(device, named)),
        service == null
            ? null
            : service.with(book.service(named, service.value(), service.where())),
        named == null || named.key() == null ? null : credentials(named.key()));
  }

  private String id(Setting device, @Nullable NamedDevice named) {
    if (named != null) {
      return named.id();
    }
    if (AddressBook.resemblesId(device.value())) {
      return device.value();
    }
    throw book.unknownDevice(device.value(), device.where());
  }

  private static Credentials credentials(NamedDevice.Key key) {
    try {
      return KeyOptions.credentials(
          key.file(), KeyFile.read(key.origin(), key.file()), key.applicationId());
    } catch (IllegalArgumentException e) {
      // In the file, options are named without dashes.
      throw CommandFailure.usage(
          BuilderMessages.translate(e, key.origin()).replace("--application", "application"));
    }
  }
}
