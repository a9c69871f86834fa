package io.github.devicetunnel.benchmarks.compare;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A websocket of {@link LoadCloud} and the connection to its service. */
final class CloudConnection {
  private static final Pattern SERVICE = Pattern.compile("/services/([^/]+):(\\d+)/connection");
  private static final Pattern KEY = Pattern.compile("(?i)\r\nSec-WebSocket-Key: *(\\S+)");
  private static final String NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  private static final int CHUNK = (64 << 10) - PlainFrames.HEADER;

  private final Socket client;
  private boolean closeSent; // guarded by this

  CloudConnection(Socket client) {
    this.client = client;
  }

  /** Serves the connection on the calling thread until both ends have closed. */
  void serve() {
    try (client) {
      client.setTcpNoDelay(true);
      String request = head(client.getInputStream());
      Matcher service = SERVICE.matcher(request);
      while (!service.find()) {
        // The request of a warm connection.
        client.getOutputStream().write(NOT_FOUND.getBytes(ISO_8859_1));
        request = head(client.getInputStream());
        service.reset(request);
      }
      Matcher key = KEY.matcher(request);
      if (!key.find()) {
        throw new IOException("upgrade without Sec-WebSocket-Key");
      }
      try (Socket gateway = new Socket(service.group(1), Integer.parseInt(service.group(2)))) {
        gateway.setTcpNoDelay(true);
        client.getOutputStream().write(answer(key.group(1)).getBytes(ISO_8859_1));
        Thread up = Relays.thread("up", () -> carryUp(gateway));
        carryDown(gateway.getInputStream(), client.getOutputStream());
        up.join();
      }
    } catch (IOException e) {
      // One of the ends has closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0 || head.length() > 16 << 10) {
        throw new IOException("the connection ended before the request");
      }
      head.append((char) read);
    }
    return head.toString();
  }

  private static String answer(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest =
          sha1.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
      return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + Base64.getEncoder().encodeToString(digest)
          + "\r\n\r\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  private void carryDown(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[PlainFrames.HEADER + CHUNK];
    int read;
    while ((read = in.read(buffer, PlainFrames.HEADER, CHUNK)) >= 0) {
      synchronized (this) {
        PlainFrames.write(out, PlainFrames.BINARY, buffer, read, false);
      }
    }
    close();
  }

  private void carryUp(Socket gateway) {
    try {
      PlainFrames.Reader frames = new PlainFrames.Reader(client.getInputStream());
      OutputStream out = gateway.getOutputStream();
      byte[] control = new byte[PlainFrames.HEADER + 125];
      int controlLength = 0;
      do {
        int length = frames.next();
        int from = frames.end() - length;
        if (frames.opcode < PlainFrames.CLOSE) {
          out.write(frames.buffer(), from, length);
          continue;
        }
        System.arraycopy(
            frames.buffer(), from, control, PlainFrames.HEADER + controlLength, length);
        controlLength += length;
        if (frames.isFrameDone()) {
          if (frames.opcode == PlainFrames.PING) {
            synchronized (this) {
              PlainFrames.write(
                  client.getOutputStream(), PlainFrames.PONG, control, controlLength, false);
            }
          }
          controlLength = 0;
        }
      } while (frames.opcode != PlainFrames.CLOSE || !frames.isFrameDone());
      close();
    } catch (IOException e) {
      // One of the ends has closed.
    } finally {
      Relays.close(gateway, client);
    }
  }

  private synchronized void close() throws IOException {
    if (closeSent) {
      return;
    }
    closeSent = true;
    byte[] frame = new byte[PlainFrames.HEADER + 2];
    frame[PlainFrames.HEADER] = (byte) (1000 >> 8);
    frame[PlainFrames.HEADER + 1] = (byte) 1000;
    PlainFrames.write(client.getOutputStream(), PlainFrames.CLOSE, frame, 2, false);
  }
}
