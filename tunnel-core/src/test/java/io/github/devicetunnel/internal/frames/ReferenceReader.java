package io.github.devicetunnel.internal.frames;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads frames in the most naive way, from an array that holds them all: what {@link FrameReader}
 * must come to as well. Written from RFC 6455 and not from the other's code.
 */
final class ReferenceReader {
  /** How a stream of frames ends. */
  enum End {
    CLOSE_FRAME,
    BROKEN_RULE,
    CUT_BETWEEN_MESSAGES,
    CUT_INSIDE_A_MESSAGE
  }

  /**
   * All that comes out of a stream.
   *
   * @param controls each with the number of payload bytes before it
   */
  record Outcome(String payload, List<String> controls, End end) {}

  private final byte[] wire;
  private final boolean fromClient;
  private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
  private final List<String> controls = new ArrayList<>();
  private int position;
  private boolean messageIsOpen;

  private ReferenceReader(byte[] wire, Role writer) {
    this.wire = wire;
    this.fromClient = writer == Role.CLIENT;
  }

  static Outcome read(byte[] wire, Role writer) {
    ReferenceReader reader = new ReferenceReader(wire, writer);
    End end = reader.readFrames();
    return outcome(reader.payload.toByteArray(), reader.controls, end);
  }

  static Outcome outcome(byte[] payload, List<String> controls, End end) {
    return new Outcome(hex(payload), controls, end);
  }

  static String control(long before, String what, byte[] payload) {
    return before + " " + what + " " + hex(payload);
  }

  static String close(long before, int code, String reason) {
    return before + " close " + code + " " + reason;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private End readFrames() {
    while (left() > 0) {
      End end = left() == 1 ? End.CUT_INSIDE_A_MESSAGE : readFrame();
      if (end != null) {
        return end;
      }
    }
    return messageIsOpen ? End.CUT_INSIDE_A_MESSAGE : End.CUT_BETWEEN_MESSAGES;
  }

  /** Null when there may be more. */
  private End readFrame() {
    boolean fin = bit(wire[position], 7);
    int reserved = (wire[position] >> 4) & 0b111;
    int opcode = wire[position] & 0b1111;
    boolean masked = bit(wire[position + 1], 7);
    int shortLength = wire[position + 1] & 0b111_1111;
    boolean known = List.of(0, 1, 2, 8, 9, 10).contains(opcode);
    if (reserved != 0 || !known || masked != fromClient) {
      return End.BROKEN_RULE;
    }
    if (opcode >= 8 && (!fin || shortLength > 125 || (opcode == 8 && shortLength == 1))) {
      return End.BROKEN_RULE;
    }
    if (opcode < 8 && messageIsOpen != (opcode == 0)) {
      return End.BROKEN_RULE;
    }
    if (shortLength == 127 && left() > 2 && bit(wire[position + 2], 7)) {
      return End.BROKEN_RULE;
    }
    int lengthSize = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0;
    int headerSize = 2 + lengthSize + (masked ? 4 : 0);
    if (left() < headerSize) {
      return End.CUT_INSIDE_A_MESSAGE;
    }
    long length = lengthSize == 0 ? shortLength : number(position + 2, lengthSize);
    position += headerSize;
    byte[] key = masked ? Arrays.copyOfRange(wire, position - 4, position) : new byte[4];
    int there = (int) Math.min(length, left());
    byte[] content = Arrays.copyOfRange(wire, position, position + there);
    for (int i = 0; i < there; i++) {
      content[i] ^= key[i % 4];
    }
    position += there;
    if (opcode < 8) {
      messageIsOpen = !fin;
      payload.writeBytes(content);
      return there < length ? End.CUT_INSIDE_A_MESSAGE : null;
    }
    return there < length ? End.CUT_INSIDE_A_MESSAGE : readControl(opcode, content);
  }

  private End readControl(int opcode, byte[] content) {
    if (opcode == 8) {
      return readClose(content);
    }
    controls.add(control(payload.size(), opcode == 9 ? "ping" : "pong", content));
    return null;
  }

  private End readClose(byte[] content) {
    if (content.length == 0) {
      controls.add(close(payload.size(), 1005, ""));
      return End.CLOSE_FRAME;
    }
    int code = (content[0] & 0xff) * 256 + (content[1] & 0xff);
    boolean forProtocol = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
    boolean forOthers = code >= 3000 && code <= 4999;
    if (!forProtocol && !forOthers) {
      return End.BROKEN_RULE;
    }
    byte[] text = Arrays.copyOfRange(content, 2, content.length);
    String reason = new String(text, UTF_8);
    if (!Arrays.equals(reason.getBytes(UTF_8), text)) {
      return End.BROKEN_RULE;
    }
    controls.add(close(payload.size(), code, reason));
    return End.CLOSE_FRAME;
  }

  private int left() {
    return wire.length - position;
  }

  private static boolean bit(byte b, int number) {
    return ((b >> number) & 1) != 0;
  }

  private long number(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value * 256 + (wire[offset + i] & 0xff);
    }
    return value;
  }
}
