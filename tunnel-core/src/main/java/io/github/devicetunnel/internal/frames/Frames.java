package io.github.devicetunnel.internal.frames;

/** Numbers of RFC 6455 section 5.2 that the reader and the writer share. */
final class Frames {
  static final int FIN = 0x80;
  static final int RESERVED = 0x70;
  static final int OPCODE = 0x0f;
  static final int MASKED = 0x80;
  static final int LENGTH = 0x7f;

  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xa;

  /** The longest payload of a control frame (section 5.5). */
  static final int CONTROL_LIMIT = 125;

  /** A length field of this value: the length is in the next two bytes. */
  static final int LENGTH_16 = 126;

  /** A length field of this value: the length is in the next eight bytes. */
  static final int LENGTH_64 = 127;

  private Frames() {}

  static boolean isControl(int opcode) {
    return (opcode & 0x8) != 0;
  }
}
