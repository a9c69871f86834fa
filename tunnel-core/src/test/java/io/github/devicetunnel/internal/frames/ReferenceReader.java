package io.github.devicetunnel.internal.frames;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads frames from an array that holds the whole stream. The result of {@link FrameReader} must be
 * the same. The code follows RFC 6455 and does not derive from {@link FrameReader}.
 */
final class ReferenceReader {
  /** The end of a stream of frames. */
  enum End {
    CLOSE_FRAME,
    PROTOCOL_VIOLATION,
    EOF_BETWEEN_MESSAGES,
    EOF_INSIDE_MESSAGE
  }

  /**
   * The content of a stream.
   *
   * @param controls control frames, each with the number of payload bytes before it
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

  static String control(long before, String kind, byte[] payload) {
    return before + " " + kind + " " + hex(payload);
  }

  static String close(long before, int code, String reason) {
    return before + " close " + code + " " + reason;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private End readFrames() {
    while (remaining() > 0) {
      End end = remaining() == 1 ? End.EOF_INSIDE_MESSAGE : readFrame();
      if (end != null) {
        return end;
      }
    }
    return messageIsOpen ? End.EOF_INSIDE_MESSAGE : End.EOF_BETWEEN_MESSAGES;
  }

  /** Reads a frame, and returns null unless the stream ends with it. */
  private End readFrame() {
    boolean fin = bit(wire[position], 7);
    int reserved = (wire[position] >> 4) & 0b111;
    int opcode = wire[position] & 0b1111;
    boolean masked = bit(wire[position + 1], 7);
    int shortLength = wire[position + 1] & 0b111_1111;
    boolean known = List.of(0, 1, 2, 8, 9, 10).contains(opcode);
    if (reserved != 0 || !known || masked != fromClient) {
      return End.PROTOCOL_VIOLATION;
    }
    if (opcode >= 8 && (!fin || shortLength > 125 || (opcode == 8 && shortLength == 1))) {
      return End.PROTOCOL_VIOLATION;
    }
    if (opcode < 8 && messageIsOpen != (opcode == 0)) {
      return End.PROTOCOL_VIOLATION;
    }
    if (shortLength == 127 && remaining() > 2 && bit(wire[position + 2], 7)) {
      return End.PROTOCOL_VIOLATION;
    }
    int lengthSize = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0;
    int headerSize = 2 + lengthSize + (masked ? 4 : 0);
    if (remaining() < headerSize) {
      return End.EOF_INSIDE_MESSAGE;
    }
    long length = lengthSize == 0 ? shortLength : number(position + 2, lengthSize);
    position += headerSize;
    byte[] key = masked ? Arrays.copyOfRange(wire, position - 4, position) : new byte[4];
    int available = (int) Math.min(length, remaining());
    byte[] content = Arrays.copyOfRange(wire, position, position + available);
    for (int i = 0; i < available; i++) {
      content[i] ^= key[i % 4];
    }
    position += available;
    if (opcode < 8) {
      messageIsOpen = !fin;
      payload.writeBytes(content);
      return available < length ? End.EOF_INSIDE_MESSAGE : null;
    }
    return available < length ? End.EOF_INSIDE_MESSAGE : readControl(opcode, content);
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
    boolean forApplications = code >= 3000 && code <= 4999;
    if (!forProtocol && !forApplications) {
      return End.PROTOCOL_VIOLATION;
    }
    byte[] text = Arrays.copyOfRange(content, 2, content.length);
    String reason = new String(text, UTF_8);
    if (!Arrays.equals(reason.getBytes(UTF_8), text)) {
      return End.PROTOCOL_VIOLATION;
    }
    controls.add(close(payload.size(), code, reason));
    return End.CLOSE_FRAME;
  }

  private int remaining() {
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
