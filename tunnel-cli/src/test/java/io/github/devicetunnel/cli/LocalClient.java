package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What a test does at the port that the program has opened. */
final class LocalClient {
  private LocalClient() {}

  /** Where the program listens, by what it says of it. */
  static String address(String listening) {
    return listening.substring("Listening on ".length(), listening.indexOf(" -> "));
  }

  /** A connection to an address as the program writes it. Its reads are bounded in time. */
  static Socket connect(String address) throws IOException {
    return connect(ListenAddress.parsePort(ListenAddress.OPTION, address));
  }

  /** As {@link #connect(String)}. */
  static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout((int) Await.LONG.toMillis());
    return socket;
  }

  /** Makes a connection, and waits until the program has ended it. */
  static void awaitRefusal(String address) throws IOException {
    try (Socket socket = connect(address)) {
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  /** Asks the demo's web service, and reads its whole answer, which has no body. */
  static void ask(Socket socket) throws IOException {
    ask(socket, "");
  }

  /** As {@link #ask(Socket)}, with further headers. */
  static void ask(Socket socket, String headers) throws IOException {
    String request = "HEAD / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("what follows %s", answer).isNotNegative();
      answer.append((char) next);
    }
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }
}
