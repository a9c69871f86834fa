package io.github.devicetunnel.benchmarks.compare;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Frames of RFC 6455 for a peer that keeps the rules, one whole read and one whole write at a time.
 * Not the product's, so that what the product gets wrong is not wrong here in the same way.
 */
final class PlainFrames {
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** Room before a payload for its header. */
  static final int HEADER = 14;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private PlainFrames() {}

  /** Writes the payload at {@link #HEADER}, masked with a fixed key if it is a client's. */
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
      // Buffers here are at most 64 KiB long, less the header.
      buffer[--start] = (byte) length;
      buffer[--start] = (byte) (length >> 8);
      buffer[--start] = (byte) (bit | 126);
    }
    buffer[--start] = (byte) (0x80 | opcode);
    out.write(buffer, start, HEADER + length - start);
  }

  /** Exclusive or with a key of four bytes, eight at a time; the position in the key is zero. */
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

  /** Takes frames apart that come in any pieces. */
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
     * A piece of the payload of a frame, of {@link #opcode}: its length, or zero for an empty
     * frame. It lies in {@link #buffer} before {@link #end}.
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

    /** Where the piece that {@link #next} told of ends. */
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
