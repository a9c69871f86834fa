package io.github.devicetunnel.directory;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A device of the directory. Immutable. A value is null if the response does not contain it. In a
 * device that comes from the cloud, each text is on one line: invisible characters are replaced
 * with question marks, and texts of more than 500 characters are truncated.
 *
 * @param id 32 hex digits in lower case; the constructor also accepts upper case
 * @param name the name, which need not be unique
 * @param endpointName the name that the device uses to connect
 * @param serialNumber the serial number
 * @param state {@code unenrolled}, {@code cloud_enrolling}, {@code bootstrapped}, {@code
 *     registered} or {@code deregistered}; later versions of the cloud may add states. The
 *     directory may report an outdated state
 * @param hostGateway the ID of the gateway that connects this device
 * @param deviceClass the device class
 * @param customAttributes the custom attributes, at most 100, in the order of the cloud; empty if
 *     there are none
 * @param updatedAt the time of the last change
 */
public record Device(
    String id,
    @Nullable String name,
    @Nullable String endpointName,
    @Nullable String serialNumber,
    @Nullable String state,
    @Nullable String hostGateway,
    @Nullable String deviceClass,
    Map<String, String> customAttributes,
    @Nullable Instant updatedAt) {

  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{32}");
  private static final String REGISTERED = "registered";

  /**
   * Creates a device.
   *
   * @param id 32 hex digits, upper or lower case
   * @param name the name
   * @param endpointName the name that the device uses to connect
   * @param serialNumber the serial number
   * @param state the state
   * @param hostGateway the ID of the gateway that connects this device
   * @param deviceClass the device class
   * @param customAttributes the custom attributes, which are copied
   * @param updatedAt the time of the last change
   * @throws IllegalArgumentException if the ID is not 32 hex digits
   */
  public Device {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "id must be 32 hex digits, such as 017b7fddb124724840c1c7b800000000, but is "
              + DirectoryText.quoted(String.valueOf(id)));
    }
    id = id.toLowerCase(Locale.ROOT);
    customAttributes = Collections.unmodifiableMap(new LinkedHashMap<>(customAttributes));
  }

  /** Returns whether a text is a device ID, and therefore never a name. */
  static boolean isId(@Nullable String text) {
    return text != null && ID.matcher(text).matches();
  }

  /** {@return whether the state is {@code registered}: the device is connected to the cloud} */
  public boolean isRegistered() {
    return REGISTERED.equals(state);
  }
}
