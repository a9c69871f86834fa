package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Frames as a server sends them (RFC 6455 section 5.2), legal or not. */
public final class ServerFrames {
  public static final int FIN = 0x80;
  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xa;

  private ServerFrames() {}

  public static byte[] binary(byte[] payload) {
    return frame(FIN | BINARY, payload);
  }

  public static byte[] text(String payload) {
    return frame(FIN | TEXT, payload.getBytes(UTF_8));
  }

  public static byte[] ping(String payload) {
    return frame(FIN | PING, payload.getBytes(UTF_8));
  }

  /** Returns a pong with the characters of a ping's payload. */
  public static byte[] pong(String payload) {
    return frame(FIN | PONG, payload.getBytes(ISO_8859_1));
  }

  public static byte[] close(int code) {
    return frame(FIN | CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** Returns a whole frame with any first byte. */
  public static byte[] frame(int first, byte[] payload) {
    return bytes(header(first, payload.length), payload);
  }

  /** Returns the header of a frame, with the shortest encoding of the length. */
  public static byte[] header(int first, long length) {
    if (length < 126) {
      return bytes(first, (int) length);
    }
    if (length <= 0xffff) {
      return bytes(first, 126, (int) length >> 8, (int) length);
    }
    return ByteBuffer.allocate(10).put((byte) first).put((byte) 127).putLong(length).array();
  }

  /** Returns the lower eight bits of each value. */
  public static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** Returns the concatenation of the parts. */
  public static byte[] bytes(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
