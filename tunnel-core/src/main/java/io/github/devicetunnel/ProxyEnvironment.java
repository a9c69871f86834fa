package io.github.devicetunnel;

import io.github.devicetunnel.internal.proxy.ProxyServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables that define proxies and exempt hosts; see {@link
 * ProxySettings#fromEnvironment}.
 */
final class ProxyEnvironment {
  /**
   * A variable and its value.
   *
   * @param value value without surrounding whitespace; may contain a password
   */
  record Variable(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** curl accepts commas and spaces. Windows users write semicolons. */
  private static final Pattern SEPARATORS = Pattern.compile("[,;\\s]+");

  private static final Pattern BLOCK = Pattern.compile("(?<address>[^/]+)/(?<bits>\\d{1,3})");
  private static final Pattern WITH_PORT =
      Pattern.compile("\\[(?<v6>[^]]+)](?::(?<v6port>\\d+))?|(?<host>[^:]*):(?<port>\\d+)");

  private final Map<String, String> variables;

  ProxyEnvironment(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Returns the variable that applies to a cloud; empty for a direct connection. */
  Optional<Variable> variableFor(CloudUri cloud) {
    HttpUrl url = cloud.base();
    if (cloud.isLoopback() || isExempt(url)) {
      return Optional.empty();
    }
    return Stream.of(url.isHttps() ? "HTTPS_PROXY" : "HTTP_PROXY", "ALL_PROXY")
        .flatMap(name -> Stream.of(name, name.toLowerCase(Locale.ROOT)))
        .map(name -> new Variable(name, value(name)))
        .filter(variable -> !variable.value().isEmpty())
        .findFirst();
  }

  private String value(String name) {
    return variables.getOrDefault(name, "").strip();
  }

  private boolean isExempt(HttpUrl url) {
    String list = value("NO_PROXY").isEmpty() ? value("no_proxy") : value("NO_PROXY");
    return SEPARATORS
        .splitAsStream(list.toLowerCase(Locale.ROOT))
        .filter(entry -> !entry.isEmpty())
        .anyMatch(entry -> covers(entry, url));
  }

  private static boolean covers(String entry, HttpUrl url) {
    if (entry.equals("*")) {
      return true;
    }
    byte[] address = address(url.host());
    Matcher block = BLOCK.matcher(entry);
    if (block.matches()) {
      byte[] network = address(block.group("address"));
      return network != null
          && address != null
          && sameBits(network, address, Integer.parseInt(block.group("bits")));
    }
    String host = entry;
    Matcher withPort = WITH_PORT.matcher(entry);
    if (withPort.matches()) {
      host = withPort.group(withPort.group("v6") == null ? "host" : "v6");
      String port = withPort.group(withPort.group("v6") == null ? "port" : "v6port");
      if (port != null && !port.equals(String.valueOf(url.port()))) {
        return false;
      }
    }
    byte[] listed = address(host);
    return listed == null ? coversName(host, url.host()) : Arrays.equals(listed, address);
  }

  /** Returns whether an entry covers a host. A domain covers its subdomains in every notation. */
  private static boolean coversName(String listed, String host) {
    String name = withoutDot(host);
    String suffix = withoutDot(listed);
    if (suffix.startsWith("*") && !suffix.startsWith("*.")) {
      return name.endsWith(suffix.substring(1));
    }
    String domain = suffix.replaceFirst("^\\*?\\.", "");
    return name.equals(domain) || name.endsWith("." + domain);
  }

  /**
   * Removes a trailing dot, which denotes the root of the DNS and does not change the name (RFC
   * 1034 section 3.1).
   */
  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static boolean sameBits(byte[] network, byte[] address, int bits) {
    if (network.length != address.length || bits > network.length * 8) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i % 8);
      if ((network[i / 8] & mask) != (address[i / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** Parses an IP address without a DNS query; returns null for a name. */
  private static byte @Nullable [] address(String text) {
    if (!ProxyServer.isAddress(text)) {
      return null;
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
