package io.github.devicetunnel.internal.frames;

/** Constants of RFC 6455 section 5.2 that reader and writer share. */
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

  /** Maximum payload length of a control frame (RFC 6455 section 5.5). */
  static final int CONTROL_LIMIT = 125;

  /** Value of the length field if the length is in the next two bytes. */
  static final int LENGTH_16 = 126;

  /** Value of the length field if the length is in the next eight bytes. */
  static final int LENGTH_64 = 127;

  private Frames() {}

  static boolean isControl(int opcode) {
    return (opcode & 0x8) != 0;
  }
}
