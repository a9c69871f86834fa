package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.listen.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Connects to the port that the program listens on. */
public final class LocalClient {
  private LocalClient() {}

  /** Returns the address in the line that reports a listener. */
  public static String address(String listening) {
    return listening.substring("Listening on ".length(), listening.indexOf(" -> "));
  }

  /** Opens a connection to an address in the format of the program. Reads have a timeout. */
  public static Socket connect(String address) throws IOException {
    return connect(ListenAddress.parsePort(ListenAddress.OPTION, address));
  }

  /** Opens a connection. Reads have a timeout. */
  static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout((int) Await.LONG.toMillis());
    return socket;
  }

  /** Opens a connection and waits until the program closes or resets it. */
  public static void awaitClose(String address) throws IOException {
    assertClosed(connect(address));
  }

  /** Waits until the program closes or resets a connection, and closes it. */
  static void assertClosed(Socket connection) throws IOException {
    try (connection) {
      assertThat(connection.getInputStream().read()).isNegative();
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  /** Sends a HEAD request to the demo web service and reads the answer. */
  public static void fetch(Socket socket) throws IOException {
    fetch(socket, "");
  }

  /** Sends a HEAD request with further headers and reads the answer. */
  static void fetch(Socket socket, String headers) throws IOException {
    String request = "HEAD / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("byte after %s", answer).isNotNegative();
      answer.append((char) next);
    }
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }
}
