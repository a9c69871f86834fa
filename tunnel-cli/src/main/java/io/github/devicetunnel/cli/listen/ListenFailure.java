package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.process.Platform;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;

/** Describes why a listener cannot be bound, and replaces known messages of operating systems. */
public final class ListenFailure {
  // Messages of Linux, macOS, Java for Windows, and Windows.
  private static final List<String> IN_USE =
      List.of("Address already in use", "Only one usage of each socket address");
  private static final List<String> DENIED =
      List.of("Permission denied", "An attempt was made to access a socket in a way forbidden");
  private static final List<String> NO_SUCH_ADDRESS =
      List.of(
          "Cannot assign requested address",
          "Can't assign requested address",
          "The requested address is not valid in its context");

  private static final int FIRST_USER_PORT = 1024;

  private ListenFailure() {}

  /**
   * Returns a failure to bind an address.
   *
   * @param origin the option with the address, or file and line
   */
  public static CommandFailure of(SocketAddress address, String origin, Exception e) {
    boolean isPort = address instanceof InetSocketAddress;
    return CommandFailure.cannotListen(
        "cannot listen on " + ListenAddress.text(address) + ": " + cause(address, e, Platform.THIS),
        "Choose another address "
            + (origin.startsWith("-") ? "with " : "in ")
            + origin
            + (isPort ? ", or port 0 for any free port" : ""));
  }

  static String cause(SocketAddress address, Exception e, Platform platform) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    if (beginsWithOneOf(IN_USE, message)) {
      return "the port is in use by another program";
    }
    if (beginsWithOneOf(DENIED, message)) {
      return denied(address, platform);
    }
    if (beginsWithOneOf(NO_SUCH_ADDRESS, message)) {
      return "this machine has no such address";
    }
    return root instanceof UnresolvedAddressException || message.startsWith("Unresolved address")
        ? "unknown host"
        : message;
  }

  private static boolean beginsWithOneOf(List<String> beginnings, String message) {
    return beginnings.stream().anyMatch(message::startsWith);
  }

  /**
   * Describes a lack of permission. Windows does not reserve ports below 1024 for administrators.
   * On macOS they are reserved only on single addresses.
   */
  private static String denied(SocketAddress address, Platform platform) {
    if (platform == Platform.WINDOWS) {
      return "permission denied: the port is reserved or used exclusively by another program";
    }
    boolean isLow = address instanceof InetSocketAddress port && port.getPort() < FIRST_USER_PORT;
    return isLow && platform == Platform.OTHER
        ? "permission denied: ports below 1024 require privileges"
        : "permission denied";
  }
}
