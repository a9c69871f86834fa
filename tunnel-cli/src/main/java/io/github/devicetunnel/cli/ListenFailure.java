package io.github.devicetunnel.cli;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;

/** Why an address cannot be listened on: the system's words in ours, where they are known. */
final class ListenFailure {
  private ListenFailure() {}

  /**
   * @param origin the option that the address was given with, or the file and line
   */
  static CommandFailure of(SocketAddress address, String origin, Exception e) {
    boolean isPort = address instanceof InetSocketAddress;
    return CommandFailure.cannotListen(
        "cannot listen on " + ListenAddress.text(address) + ": " + cause(e),
        "Choose another address "
            + (origin.startsWith("-") ? "with " : "in ")
            + origin
            + (isPort ? ", with port 0 for any free one" : ""));
  }

  private static String cause(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    if (message.startsWith("Address already in use")) {
      return "the port is in use by another program";
    }
    if (message.startsWith("Permission denied")) {
      return "no permission, which ports below 1024 need";
    }
    if (message.startsWith("Cannot assign requested address")) {
      return "this machine has no such address";
    }
    return root instanceof UnresolvedAddressException || message.startsWith("Unresolved address")
        ? "there is no such host"
        : message;
  }
}
