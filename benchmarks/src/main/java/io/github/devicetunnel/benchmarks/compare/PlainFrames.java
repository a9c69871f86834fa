package io.github.devicetunnel.benchmarks.compare;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A minimal implementation of RFC 6455 frames for well-behaved peers. It is independent of the
 * product, so that it does not share the product's errors.
 */
final class PlainFrames {
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** Space reserved for the header before a payload. */
  static final int HEADER = 14;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private PlainFrames() {}

  /** Writes the payload at {@link #HEADER}. Frames of clients are masked with a fixed key. */
  static void write(OutputStream out, int opcode, byte[] buffer, int length, boolean masks)
      throws IOException {
    int start = HEADER;
    if (masks) {
      start -= 4;
      buffer[start] = 1;
      buffer[start + 1] = 2;
      buffer[start + 2] = 3;
      buffer[start + 3] = 4;
      mask(buffer, HEADER, length, buffer, start);
    }
    int bit = masks ? 0x80 : 0;
    if (length < 126) {
      buffer[--start] = (byte) (bit | length);
    } else {
      // Buffers, without the header, are shorter than 64 KiB.
      buffer[--start] = (byte) length;
      buffer[--start] = (byte) (length >> 8);
      buffer[--start] = (byte) (bit | 126);
    }
    buffer[--start] = (byte) (0x80 | opcode);
    out.write(buffer, start, HEADER + length - start);
  }

  /**
   * XORs bytes with a key of four bytes, eight bytes at a time, starting with the first byte of the
   * key.
   */
  static void mask(byte[] bytes, int offset, int length, byte[] key, int keyOffset) {
    int end = offset + length;
    int at = offset;
    byte[] twice = new byte[8];
    for (int i = 0; i < 8; i++) {
      twice[i] = key[keyOffset + (i & 3)];
    }
    long wide = (long) LONGS.get(twice, 0);
    for (; at + 8 <= end; at += 8) {
      LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ wide);
    }
    for (int i = 0; at < end; at++, i++) {
      bytes[at] ^= twice[i & 7];
    }
  }

  /** Reads frames from a stream. */
  static final class Reader {
    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int position;
    private int limit;

    int opcode;
    private long left;
    private boolean masked;
    private final byte[] key = new byte[4];
    private int keyPosition;

    Reader(InputStream in) {
      this.in = in;
    }

    byte[] buffer() {
      return buffer;
    }

    /**
     * Reads the next piece of a frame's payload into {@link #buffer}, where it ends at {@link
     * #end}. The opcode of the frame is in {@link #opcode}. Returns the length of the piece; zero
     * for an empty frame.
     */
    int next() throws IOException {
      if (left == 0) {
        header();
        if (left == 0) {
          return 0;
        }
      }
      if (position == limit) {
        fill(1);
      }
      int length = (int) Math.min(left, limit - position);
      if (masked) {
        unmask(length);
      }
      position += length;
      left -= length;
      return length;
    }

    /** Returns the end of the piece that {@link #next} has read. */
    int end() {
      return position;
    }

    boolean isFrameDone() {
      return left == 0;
    }

    private void unmask(int length) {
      byte[] turned = new byte[4];
      for (int i = 0; i < 4; i++) {
        turned[i] = key[(keyPosition + i) & 3];
      }
      mask(buffer, position, length, turned, 0);
      keyPosition = (keyPosition + length) & 3;
    }

    private void header() throws IOException {
      need(2);
      opcode = buffer[position] & 15;
      int second = buffer[position + 1];
      masked = second < 0;
      int size = (second & 127) == 126 ? 4 : (second & 127) == 127 ? 10 : 2;
      need(size + (masked ? 4 : 0));
      left = second & 127;
      if (size > 2) {
        left = 0;
        for (int i = 2; i < size; i++) {
          left = (left << 8) | (buffer[position + i] & 0xff);
        }
      }
      position += size;
      if (masked) {
        System.arraycopy(buffer, position, key, 0, 4);
        keyPosition = 0;
        position += 4;
      }
    }

    private void need(int bytes) throws IOException {
      if (limit - position < bytes) {
        fill(bytes);
      }
    }

    private void fill(int bytes) throws IOException {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
      while (limit < bytes) {
        int read = in.read(buffer, limit, buffer.length - limit);
        if (read < 0) {
          throw new EOFException();
        }
        limit += read;
      }
    }
  }
}
