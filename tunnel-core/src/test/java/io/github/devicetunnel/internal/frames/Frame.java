package io.github.devicetunnel.internal.frames;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/** Encodes frames without the writer, so that reader and writer are tested independently. */
final class Frame {
  private final int first;
  private final int maskBit;
  private final byte[] payload;

  private Frame(int first, int maskBit, byte[] payload) {
    this.first = first;
    this.maskBit = maskBit;
    this.payload = payload;
  }

  static Frame of(int opcode, byte[] payload) {
    return new Frame(0x80 | opcode, 0, payload);
  }

  Frame unfinished() {
    return new Frame(first & 0x7f, maskBit, payload);
  }

  Frame masked() {
    return new Frame(first, 0x80, payload);
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    int length = payload.length;
    if (length < 126) {
      out.write(maskBit | length);
    } else if (length < 65536) {
      out.write(maskBit | 126);
      out.write(length >> 8);
      out.write(length);
    } else {
      out.write(maskBit | 127);
      out.writeBytes(new byte[4]);
      out.write(length >> 24);
      out.write(length >> 16);
      out.write(length >> 8);
      out.write(length);
    }
    byte[] key = {0x37, (byte) 0xfa, 0x21, 0x3d};
    byte[] body = payload.clone();
    if (maskBit != 0) {
      out.writeBytes(key);
      for (int i = 0; i < body.length; i++) {
        body[i] ^= key[i % 4];
      }
    }
    out.writeBytes(body);
    return out.toByteArray();
  }

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }
}
