package io.github.devicetunnel.cli.report;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the {@code Host} header of requests. On loopback it accepts only localhost, loopback
 * addresses and the configured host. Otherwise a web page could point its own name at this machine
 * and read the responses. Requests without the header are accepted. See {@code
 * docs/rationale/events-and-metrics.md}. Thread-safe.
 */
final class HostCheck {
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  private final String given;
  private final boolean onLoopback;

  /**
   * Creates a check for a server.
   *
   * @param bound the address of the server
   * @param given the configured host, which is always accepted
   */
  HostCheck(InetSocketAddress bound, String given) {
    this.given = given.toLowerCase(Locale.ROOT);
    this.onLoopback = bound.getAddress().isLoopbackAddress();
  }

  boolean allows(@Nullable String host) {
    if (!onLoopback || host == null) {
      return true;
    }
    String named = host.toLowerCase(Locale.ROOT);
    return LOOPBACK.matcher(named).matches() || named.replaceFirst(":\\d+$", "").equals(given);
  }
}
