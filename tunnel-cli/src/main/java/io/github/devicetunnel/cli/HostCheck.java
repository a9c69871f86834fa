package io.github.devicetunnel.cli;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts a request may name. On loopback only those that lead there by themselves: any web
 * page can have a name of its own lead to this machine, and would then read what is answered.
 */
final class HostCheck {
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  private final String given;
  private final boolean onLoopback;

  /**
   * @param given the host as it was given, which is always right
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
