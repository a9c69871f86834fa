package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Locale;
import java.util.Map;

/**
 * TCP keep-alive for accepted connections (RFC 9293 section 3.8.4). A client on another machine
 * that loses power or its network sends nothing more. The pings to the cloud would keep its tunnel
 * open forever. The kernel reports such a client after 15 s without a byte and nine probes, 15 s
 * apart.
 */
public final class ClientKeepAlive {
  /**
   * Options of the JDK's module {@code jdk.net}, by name, because the module may be absent. Two
   * durations in seconds and a count.
   */
  private static final Map<String, Integer> OPTIONS =
      Map.of("TCP_KEEPIDLE", 15, "TCP_KEEPINTERVAL", 15, "TCP_KEEPCOUNT", 9);

  private ClientKeepAlive() {}

  /** Enables keep-alive, with the system's default times if the JDK cannot set them. */
  static void enable(Socket socket) throws IOException {
    socket.setKeepAlive(true);
    for (SocketOption<?> option : socket.supportedOptions()) {
      Integer value = OPTIONS.get(option.name());
      if (value != null && option.type() == Integer.class) {
        set(socket, option, value);
      }
    }
  }

  @SuppressWarnings("unchecked") // The caller has checked the type.
  private static void set(Socket socket, SocketOption<?> option, Integer value) throws IOException {
    socket.setOption((SocketOption<Integer>) option, value);
  }

  /** Returns whether a read or write failed because the peer does not answer (ETIMEDOUT). */
  public static boolean isExpired(IOException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("connection timed out");
  }
}
