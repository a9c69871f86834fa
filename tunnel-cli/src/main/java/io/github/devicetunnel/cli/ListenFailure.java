package io.github.devicetunnel.cli;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Why an address cannot be listened on: the system's words in ours, where they are known. */
final class ListenFailure {
  private ListenFailure() {}

  static CommandFailure of(TunnelSpec spec, IOException e) {
    boolean isPort = spec.listen() instanceof InetSocketAddress;
    return CommandFailure.cannotListen(
        "cannot listen on " + ListenAddress.text(spec.listen()) + ": " + cause(e),
        "Choose another address "
            + (spec.origin().startsWith("-") ? "with " : "in ")
            + spec.origin()
            + (isPort ? ", with port 0 for any free one" : ""));
  }

  private static String cause(IOException e) {
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
    return message.startsWith("Unresolved address") ? "there is no such host" : message;
  }
}
