package io.github.devicetunnel.internal.frames;

import static io.github.devicetunnel.internal.frames.Frames.BINARY;
import static io.github.devicetunnel.internal.frames.Frames.CLOSE;
import static io.github.devicetunnel.internal.frames.Frames.CONTROL_LIMIT;
import static io.github.devicetunnel.internal.frames.Frames.FIN;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH_16;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH_64;
import static io.github.devicetunnel.internal.frames.Frames.MASKED;
import static io.github.devicetunnel.internal.frames.Frames.PING;
import static io.github.devicetunnel.internal.frames.Frames.PONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * An encoder for the frames of one direction of a websocket (RFC 6455 section 5). Header and
 * payload of a frame are written in a single write. Not thread-safe.
 */
public final class FrameWriter {
  /** Number of bytes to leave free before a payload: the maximum length of a header. */
  public static final int HEADER_ROOM = 14;

  // RFC 6455 section 5.3 requires unpredictable keys. Generating many at once is ten times faster.
  static final SecureRandom RANDOM = new SecureRandom();

  private final OutputStream out;
  private final boolean masks;
  private final byte[] keys;
  private int usedKeys;

  /**
   * Creates a writer for one side.
   *
   * @param out receives one write per frame and is not flushed
   */
  public FrameWriter(OutputStream out, Role writer) {
    this.out = out;
    this.masks = writer == Role.CLIENT;
    this.keys = new byte[masks ? 256 : 0];
    this.usedKeys = keys.length;
  }

  /**
   * Writes a binary frame that is a complete message. A client masks the payload in place, which
   * destroys the content of the buffer.
   *
   * @param buffer a buffer with at least {@link #HEADER_ROOM} bytes before {@code offset} that may
   *     be overwritten
   */
  public void writeData(byte[] buffer, int offset, int length) throws IOException {
    write(BINARY, buffer, offset, length);
  }

  /** Writes a ping (RFC 6455 section 5.5.2). */
  public void writePing(byte[] payload) throws IOException {
    writeControl(PING, payload);
  }

  /** Writes a pong (RFC 6455 section 5.5.3). */
  public void writePong(byte[] payload) throws IOException {
    writeControl(PONG, payload);
  }

  /**
   * Writes a close frame (RFC 6455 section 5.5.1).
   *
   * @param code {@link CloseCode#NO_STATUS} for a frame without a code
   * @param reason truncated at a character boundary if it is too long
   */
  public void writeClose(int code, String reason) throws IOException {
    if (code == CloseCode.NO_STATUS) {
      writeControl(CLOSE, new byte[0]);
      return;
    }
    byte[] text = utf8(reason, CONTROL_LIMIT - 2);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    writeControl(CLOSE, payload);
  }

  private static byte[] utf8(String text, int limit) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length <= limit) {
      return bytes;
    }
    int end = limit;
    while ((bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  private void writeControl(int opcode, byte[] payload) throws IOException {
    byte[] frame = new byte[HEADER_ROOM + payload.length];
    System.arraycopy(payload, 0, frame, HEADER_ROOM, payload.length);
    write(opcode, frame, HEADER_ROOM, payload.length);
  }

  private void write(int opcode, byte[] buffer, int offset, int length) throws IOException {
    int start = offset;
    if (masks) {
      start -= 4;
      int key = nextKey(buffer, start);
      Masking.apply(buffer, offset, length, key, 0);
    }
    int maskBit = masks ? MASKED : 0;
    if (length <= CONTROL_LIMIT) {
      buffer[--start] = (byte) (maskBit | length);
    } else if (length <= 0xffff) {
      buffer[--start] = (byte) length;
      buffer[--start] = (byte) (length >> 8);
      buffer[--start] = (byte) (maskBit | LENGTH_16);
    } else {
      for (int shift = 0; shift < 64; shift += 8) {
        buffer[--start] = (byte) ((long) length >> shift);
      }
      buffer[--start] = (byte) (maskBit | LENGTH_64);
    }
    buffer[--start] = (byte) (FIN | opcode);
    out.write(buffer, start, offset + length - start);
  }

  /** Stores a new masking key at an offset and returns it. */
  private int nextKey(byte[] buffer, int offset) {
    if (usedKeys == keys.length) {
      RANDOM.nextBytes(keys);
      usedKeys = 0;
    }
    int key = 0;
    for (int i = 0; i < 4; i++) {
      byte b = keys[usedKeys++];
      buffer[offset + i] = b;
      key = (key << 8) | (b & 0xff);
    }
    return key;
  }
}
