package io.github.devicetunnel.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The addresses of listeners, as passed to a program: {@code {host}} and {@code {port}} in its
 * arguments, {@code TUNNEL_HOST} and {@code TUNNEL_PORT} in its environment. A unix socket has
 * {@code {socket}} and {@code TUNNEL_SOCKET}. The names for the second listener end with 2 or
 * {@code _2}, and so on.
 */
final class ListenerPlaces {
  private final Map<String, String> words = new LinkedHashMap<>();
  private final Map<String, String> variables = new LinkedHashMap<>();

  ListenerPlaces(List<SocketAddress> addresses) {
    for (int i = 0; i < addresses.size(); i++) {
      int number = i + 1;
      if (addresses.get(i) instanceof InetSocketAddress port) {
        put("host", number, reachable(port.getAddress()).getHostAddress());
        put("port", number, Integer.toString(port.getPort()));
      } else {
        put("socket", number, addresses.get(i).toString());
      }
    }
  }

  private void put(String name, int number, String value) {
    words.put("{" + name + (number == 1 ? "" : number) + "}", value);
    variables.put(
        "TUNNEL_" + name.toUpperCase(Locale.ROOT) + (number == 1 ? "" : "_" + number), value);
  }

  /** Returns loopback for the wildcard address, and other addresses unchanged. */
  private static InetAddress reachable(InetAddress bound) {
    return bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
  }

  /** Returns the variables for the program's environment. */
  Map<String, String> variables() {
    return variables;
  }

  /** Returns an argument with its placeholders replaced. */
  String in(String argument) {
    String replaced = argument;
    for (Map.Entry<String, String> word : words.entrySet()) {
      replaced = replaced.replace(word.getKey(), word.getValue());
    }
    return replaced;
  }
}
