package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.internal.text.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats the local addresses of listeners. */
public final class ListenAddress {
  public static final String OPTION = "--listen-uri";

  private static final String UNIX = "unix:";
  private static final String PORT = "host:port, [ipv6]:port or :port";

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:\\[(?<ipv6>[0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|(?<host>[^\\s:/\\[\\]]*)):(?<port>\\d{1,5})");

  private ListenAddress() {}

  /**
   * Parses the address of a TCP port or unix socket.
   *
   * @param option the option with the value, for messages
   * @param text {@code unix:/path}, or an address for {@link #parsePort}
   * @throws CommandFailure with {@link ExitCode#USAGE} if the address is malformed
   */
  public static SocketAddress parse(String option, String text) {
    return text.startsWith(UNIX)
        ? parsePath(option, text.substring(UNIX.length()))
        : parsePort(option, text, "host:port, [ipv6]:port, :port or unix:/path");
  }

  private static UnixDomainSocketAddress parsePath(String option, String path) {
    if (path.isEmpty()) {
      throw CommandFailure.usage(
          option + ": must have a path after unix:, such as unix:/run/tunnel.sock");
    }
    try {
      return UnixDomainSocketAddress.of(FilePath.of(path));
    } catch (InvalidPathException e) {
      throw CommandFailure.usage(option + ": " + FilePath.defect(path));
    }
  }

  /**
   * Parses the address of a TCP port, and resolves the host if it is a name. If that fails, the
   * address is unresolved.
   *
   * @param option the option with the value, for messages
   * @param text {@code host:port}, {@code [ipv6]:port}, or {@code :port} for loopback
   * @throws CommandFailure with {@link ExitCode#USAGE} if the address is malformed
   */
  public static InetSocketAddress parsePort(String option, String text) {
    return parsePort(option, text, PORT);
  }

  private static InetSocketAddress parsePort(String option, String text, String allowed) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      throw rejected(option, text, allowed, defect(text));
    }
    int port = Integer.parseInt(matcher.group("port"));
    if (port > 65535) {
      throw rejected(option, text, allowed, "has a port above 65535");
    }
    String ipv6 = matcher.group("ipv6");
    String host = ipv6 == null ? matcher.group("host") : ipv6;
    return host.isEmpty()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : new InetSocketAddress(host, port);
  }

  private static String defect(String text) {
    if (text.startsWith(UNIX)) {
      return "is a unix socket";
    }
    if (text.contains("/")) {
      return "contains a slash, as in a URL";
    }
    if (text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[")) {
      return "has an IPv6 address without brackets";
    }
    return text.contains(":") ? "has a malformed host or port" : "has no port";
  }

  private static CommandFailure rejected(
      String option, String text, String allowed, String defect) {
    return CommandFailure.usage(
        option
            + ": must be "
            + allowed
            + ", such as 127.0.0.1:8181, but "
            + Quoted.of(text)
            + " "
            + defect);
  }

  /** Returns whether two listeners cannot have these addresses at the same time. */
  public static boolean collide(SocketAddress one, SocketAddress other) {
    if (one instanceof InetSocketAddress first && other instanceof InetSocketAddress second) {
      return first.getPort() == second.getPort()
          && first.getPort() != 0
          && (first.equals(second) || isOnEveryInterface(first) || isOnEveryInterface(second));
    }
    return one.equals(other);
  }

  private static boolean isOnEveryInterface(InetSocketAddress address) {
    return address.getAddress() != null && address.getAddress().isAnyLocalAddress();
  }

  /** Formats an address so that {@link #parse} accepts it. */
  public static String text(SocketAddress address) {
    return address instanceof InetSocketAddress port ? HostPort.of(port) : UNIX + address;
  }
}
