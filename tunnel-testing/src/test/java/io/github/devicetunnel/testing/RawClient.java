package io.github.devicetunnel.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.devicetunnel.internal.frames.FrameReader;
import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.Role;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that sends exactly what the test specifies. Every read has a timeout. */
final class RawClient implements Closeable {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private final Socket socket;
  private final FrameReader reader;
  private final FrameWriter writer;

  final List<String> pongs = new ArrayList<>();
  int pings;
  int closeCode;

  RawClient(String uri) throws IOException {
    URI parsed = URI.create(uri);
    socket = new Socket(parsed.getHost(), parsed.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    reader = new FrameReader(socket.getInputStream(), Role.SERVER, new Controls());
    writer = new FrameWriter(socket.getOutputStream(), Role.CLIENT);
  }

  /** Returns the head of an upgrade request with the websocket key of RFC 6455. */
  static String request(String device, String service, String key) {
    return ("GET /v3/devices/" + device + "/services/" + service + "/connection HTTP/1.1\r\n")
        + "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n")
        + ("Authorization: Bearer " + key + "\r\n\r\n");
  }

  /** Sends a request and further bytes in the same packet. */
  void send(String head, byte[] more) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(ISO_8859_1));
    all.writeBytes(more);
    socket.getOutputStream().write(all.toByteArray());
  }

  /** Reads the head of the answer. */
  String readHead() throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the answer ends with: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Reads an answer with a body of known length. */
  void skipAnswer() throws IOException {
    Matcher length = Pattern.compile("Content-Length: (\\d+)").matcher(readHead());
    if (!length.find()) {
      throw new IOException("the answer has no length");
    }
    socket.getInputStream().skipNBytes(Long.parseLong(length.group(1)));
  }

  /** Returns an encoded data frame. */
  static byte[] frame(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] payload = text.getBytes(ISO_8859_1);
    byte[] buffer = new byte[FrameWriter.HEADER_ROOM + payload.length];
    System.arraycopy(payload, 0, buffer, FrameWriter.HEADER_ROOM, payload.length);
    new FrameWriter(out, Role.CLIENT).writeData(buffer, FrameWriter.HEADER_ROOM, payload.length);
    return out.toByteArray();
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void ping(String payload) throws IOException {
    writer.writePing(payload.getBytes(ISO_8859_1));
  }

  void close(int code) throws IOException {
    writer.writeClose(code, "");
  }

  /** Returns the next part of the payload, or null after a close frame. */
  byte[] next() throws IOException {
    ByteBuffer payload = reader.next();
    if (payload == null) {
      return null;
    }
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  /** Returns the payload up to the close frame. */
  String readAll() throws IOException {
    StringBuilder all = new StringBuilder();
    for (byte[] next = next(); next != null; next = next()) {
      all.append(new String(next, ISO_8859_1));
    }
    return all.toString();
  }

  /** Waits for a byte or the end of the connection, and returns true at the end. */
  boolean isEnded() throws IOException {
    return socket.getInputStream().read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private final class Controls implements FrameReader.ControlHandler {
    @Override
    public void onPing(byte[] payload) {
      pings++;
    }

    @Override
    public void onPong(byte[] payload) {
      pongs.add(new String(payload, ISO_8859_1));
    }

    @Override
    public void onClose(int code, String reason) {
      closeCode = code;
    }
  }
}
