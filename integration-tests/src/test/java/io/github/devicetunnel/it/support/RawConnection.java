package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The server side of one connection, after its request was read. Every read has a timeout. */
public final class RawConnection {
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_HEAD = 16 << 10;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final List<String> head;

  /** A frame from the client, unmasked. Each character of the payload is one byte. */
  public record Frame(int opcode, String payload) {
    /** Returns the code of a close frame. */
    public int closeCode() {
      assertThat(opcode).as("opcode").isEqualTo(ServerFrames.CLOSE);
      return payload.charAt(0) * 256 + payload.charAt(1);
    }
  }

  private RawConnection(Socket socket, DataInputStream in, List<String> head) throws IOException {
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
    this.head = head;
  }

  /** Reads the head of a request. */
  public static RawConnection read(Socket socket) throws IOException {
    socket.setSoTimeout((int) Await.LONG.toMillis());
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!endsWithEmptyLine(head.toByteArray())) {
      assertThat(head.size()).as("size of the request's head").isLessThan(MAX_HEAD);
      head.write(in.readByte());
    }
    return new RawConnection(socket, in, List.of(head.toString(ISO_8859_1).split("\r\n")));
  }

  private static boolean endsWithEmptyLine(byte[] bytes) {
    byte[] end = {'\r', '\n', '\r', '\n'};
    int from = bytes.length - end.length;
    return from >= 0 && Arrays.equals(bytes, from, bytes.length, end, 0, end.length);
  }

  /** Returns the first line of the request. */
  String requestLine() {
    return head.get(0);
  }

  /** Returns a header of the request, or null if there is none. */
  public String header(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    return head.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .findFirst()
        .orElse(null);
  }

  /** Returns an answer that accepts the upgrade. */
  public byte[] granted() {
    return granted("Connection: Upgrade", accept());
  }

  /** Returns an answer that is valid except for these two headers. */
  public byte[] granted(String connectionHeader, String accept) {
    return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + connectionHeader
            + "\r\nSec-WebSocket-Accept: "
            + accept
            + "\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  /** Returns the Sec-WebSocket-Accept of RFC 6455 section 4.2.2 for the key of the request. */
  public String accept() {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      String text = header("Sec-WebSocket-Key") + ACCEPT_SUFFIX;
      return Base64.getEncoder().encodeToString(sha1.digest(text.getBytes(ISO_8859_1)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JVM has SHA-1", e);
    }
  }

  /** Answers with a response other than an upgrade. */
  public void answer(String statusAndHeaders, String body) throws IOException {
    answer(statusAndHeaders, body.getBytes(UTF_8));
  }

  /** Answers with a response other than an upgrade, in any charset or coding. */
  public void answer(String statusAndHeaders, byte[] bytes) throws IOException {
    String lines = statusAndHeaders + "\r\nContent-Length: " + bytes.length + "\r\n\r\n";
    write(lines.getBytes(UTF_8), bytes);
  }

  /** Writes all parts with one write. */
  public void write(byte[]... parts) throws IOException {
    out.write(ServerFrames.bytes(parts));
  }

  /** Writes a part of an array. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  /** Reads the next frame of the client, with its payload in memory. */
  public Frame readFrame() throws IOException {
    int opcode = in.readUnsignedByte() & 0xf;
    int second = in.readUnsignedByte();
    assertThat(second & 0x80).as("mask bit of a client's frame").isEqualTo(0x80);
    int length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(in.readLong());
    }
    byte[] key = new byte[4];
    in.readFully(key);
    byte[] payload = new byte[length];
    in.readFully(payload);
    for (int i = 0; i < length; i++) {
      payload[i] ^= key[i & 3];
    }
    return new Frame(opcode, new String(payload, ISO_8859_1));
  }

  /** Reads the next frame that is not a ping. */
  public Frame readFrameExceptPings() throws IOException {
    Frame frame = readFrame();
    while (frame.opcode() == ServerFrames.PING) {
      frame = readFrame();
    }
    return frame;
  }

  /** Reads {@code count} bytes of payload in whole frames, and answers no ping. */
  public void skipPayload(long count) throws IOException {
    for (long left = count; left > 0; ) {
      Frame frame = readFrameExceptPings();
      assertThat(frame.opcode()).as("opcode").isEqualTo(ServerFrames.BINARY);
      left -= frame.payload().length();
      assertThat(left).as("bytes left").isNotNegative();
    }
  }

  /** Reads up to the client's close frame, and returns the code of that frame. */
  public int readCloseCode() throws IOException {
    Frame frame = readFrame();
    while (frame.opcode() != ServerFrames.CLOSE) {
      frame = readFrame();
    }
    return frame.closeCode();
  }

  /** Sends a close frame and closes the connection first, as RFC 6455 requires of servers. */
  public void close(int code) throws IOException {
    write(ServerFrames.close(code));
    socket.shutdownOutput();
    awaitEnd();
  }

  /** Waits until the client closes or resets the connection. */
  public void awaitEnd() throws IOException {
    try {
      while (in.read() >= 0) {
        // Discards the remaining bytes.
      }
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /**
   * Writes the same bytes repeatedly, and reads nothing, until the client closes the connection.
   */
  public void writeUntilEnd(byte[] bytes) {
    try {
      while (true) {
        out.write(bytes);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
    }
  }

  /** Neither reads nor writes until the test ends and closes this socket. */
  public void freeze() {
    Await.until("the test ended", socket::isClosed);
  }

  /** Resets the connection; bytes that the client has not read are lost. */
  public void reset() throws IOException {
    LocalEnd.reset(socket);
  }
}
