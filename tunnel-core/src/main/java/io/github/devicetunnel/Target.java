package io.github.devicetunnel;

import io.github.devicetunnel.internal.text.OneLine;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The target of a tunnel: a service on a device. Immutable.
 *
 * @param deviceId 32 hex digits in lower case; the constructor also accepts upper case
 * @param serviceAddress {@code ip:port}, {@code host:port} or {@code [ipv6]:port} as the gateway
 *     sees it
 */
public record Target(String deviceId, String serviceAddress) {
  private static final int MAX_SHOWN = 100;
  private static final Pattern DEVICE_ID = Pattern.compile("[0-9a-fA-F]{32}");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<host>\\[[0-9a-fA-F:.]+(%[\\w.~-]+)?]|[^\\s:/?#@\\[\\]%\\\\]+):(?<port>\\d{1,5})");

  /**
   * Creates a target and validates both values.
   *
   * @param deviceId 32 hex digits, upper or lower case
   * @param serviceAddress host and port
   * @throws IllegalArgumentException if a value is null or invalid; the message names the value
   */
  public Target {
    deviceId = checkDeviceId(deviceId).toLowerCase(Locale.ROOT);
    checkServiceAddress(serviceAddress);
  }

  /**
   * Returns a target with a separate host and port.
   *
   * @param deviceId 32 hex digits, upper or lower case
   * @param host name or IP address of the service, as the gateway sees it; an IPv6 address may be
   *     in brackets
   * @param port from 1 to 65535
   * @return the target
   * @throws IllegalArgumentException if a value is null or invalid; the message names the value
   */
  public static Target of(String deviceId, String host, int port) {
    boolean bare = host != null && host.contains(":") && !host.startsWith("[");
    return new Target(deviceId, (bare ? "[" + host + "]" : host) + ":" + port);
  }

  static String checkDeviceId(String deviceId) {
    if (deviceId == null) {
      throw new IllegalArgumentException(
          "deviceId must be 32 hex digits, such as 017b7fddb124724840c1c7b800000000, but is null");
    }
    if (!DEVICE_ID.matcher(deviceId).matches()) {
      throw new IllegalArgumentException(
          "deviceId must be 32 hex digits, such as 017b7fddb124724840c1c7b800000000, but is \""
              + shown(deviceId)
              + "\" ("
              + deviceId.length()
              + " characters)");
    }
    return deviceId;
  }

  static String checkServiceAddress(String address) {
    if (address == null) {
      throw new IllegalArgumentException(
          "serviceAddress must be ip:port, host:port or [ipv6]:port as the gateway sees it, such as"
              + " 127.0.0.1:80, but is null");
    }
    if (defect(address) != null) {
      throw new IllegalArgumentException(
          "serviceAddress must be ip:port, host:port or [ipv6]:port as the gateway sees it, such as"
              + " 127.0.0.1:80, but in \""
              + shown(address)
              + "\" "
              + defect(address));
    }
    return address;
  }

  private static @Nullable String defect(String address) {
    Matcher matcher = ADDRESS.matcher(address);
    if (!matcher.matches()) {
      if (address.chars().filter(c -> c == ':').count() > 1 && !address.startsWith("[")) {
        return "an IPv6 address is not in brackets";
      }
      return address.contains(":") ? "host or port is malformed" : "the port is missing";
    }
    int port = Integer.parseInt(matcher.group("port"));
    return port < 1 || port > 65535 ? "the port is not from 1 to 65535" : null;
  }

  /** {@return the host of the service address; an IPv6 address has no brackets} */
  public String host() {
    String host = serviceAddress.substring(0, serviceAddress.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** {@return the port of the service address, from 1 to 65535} */
  public int port() {
    return Integer.parseInt(serviceAddress.substring(serviceAddress.lastIndexOf(':') + 1));
  }

  /** Returns an external value in a form that fits into one line of a message. */
  static String shown(String value) {
    return OneLine.of(value, MAX_SHOWN);
  }

  // Written by hand; see docs/rationale/threads-and-memory.md.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Target that
        && deviceId.equals(that.deviceId)
        && serviceAddress.equals(that.serviceAddress);
  }

  @Override
  public int hashCode() {
    return 31 * deviceId.hashCode() + serviceAddress.hashCode();
  }

  /** Returns the device ID and the service address, separated by a slash. */
  @Override
  public String toString() {
    return deviceId + "/" + serviceAddress;
  }
}
