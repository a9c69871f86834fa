package io.github.devicetunnel.benchmarks.pressure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A cloud that grants every upgrade and then sends unusual or invalid bytes. */
final class RawCloud implements AutoCloseable {
  /** The bytes to send after the upgrade. */
  interface Script {
    void play(Socket socket) throws Exception;
  }

  private static final String KEY_HEADER = "sec-websocket-key:";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3

  private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
  private final TcpService server = TcpService.start(this::serve);

  RawCloud() throws IOException {}

  String uri() {
    return "ws://127.0.0.1:" + server.address().getPort();
  }

  /** Sets the script of the next connection. */
  void next(Script script) {
    scripts.add(script);
  }

  private void serve(Socket socket) throws Exception {
    String key = readKey(socket.getInputStream());
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    socket.getOutputStream().write(answer.getBytes(US_ASCII));
    scripts.take().play(socket);
  }

  private static String readKey(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the request is incomplete");
      }
      head.append((char) b);
    }
    return head.toString()
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(KEY_HEADER))
        .findFirst()
        .map(line -> line.substring(KEY_HEADER.length()).strip())
        .orElseThrow(() -> new IOException("request without Sec-WebSocket-Key"));
  }

  private static String accept(String key) throws NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  /** Closes cleanly: sends a close frame and waits for that of the client. */
  static void close(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8}); // code 1000
    socket.shutdownOutput();
    awaitEnd(socket);
  }

  /** Reads and discards until the end of the stream. */
  static void awaitEnd(Socket socket) throws IOException {
    long unused = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
