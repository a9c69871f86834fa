package io.github.devicetunnel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An HTTP proxy on loopback that requires a password and supports only CONNECT. */
final class ConnectProxy implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Queue<String> targets = new ConcurrentLinkedQueue<>();
  private final String credential;

  ConnectProxy(String user, String password) throws IOException {
    byte[] pair = (user + ":" + password).getBytes(ISO_8859_1);
    credential = "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(pair);
    start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Returns the targets of the authenticated requests. */
  Queue<String> targets() {
    return targets;
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // a socket was closed
              }
            },
            "test-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      sockets.add(client);
      start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client) {
      String head = head(client.getInputStream());
      while (!head.contains(credential)) {
        reply(
            client,
            "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"r\"\r\n"
                + "Content-Length: 0");
        head = head(client.getInputStream());
      }
      String target = head.split(" ", 3)[1];
      targets.add(target);
      int colon = target.lastIndexOf(':');
      try (Socket upstream =
          new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
        sockets.add(upstream);
        reply(client, "200 OK");
        start(() -> upstream.getInputStream().transferTo(client.getOutputStream()));
        client.getInputStream().transferTo(upstream.getOutputStream());
      }
    }
  }

  private static void reply(Socket client, String lines) throws IOException {
    client.getOutputStream().write(("HTTP/1.1 " + lines + "\r\n\r\n").getBytes(ISO_8859_1));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
