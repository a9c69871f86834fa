package io.github.devicetunnel.cli.book;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device of the address book.
 *
 * @param name as configured
 * @param id 32 hex digits, in lower case
 * @param services addresses by alias, in lower case; they override those of the address book
 * @param key the device's own credential, or null for the common one
 * @param origin file and line
 */
public record NamedDevice(
    String name, String id, Map<String, String> services, @Nullable Key key, String origin) {

  /**
   * A file with an access key or token.
   *
   * @param applicationId the application whose key verifies the token; null for an access key
   * @param origin file and line
   */
  public record Key(String file, @Nullable String applicationId, String origin) {}
}
