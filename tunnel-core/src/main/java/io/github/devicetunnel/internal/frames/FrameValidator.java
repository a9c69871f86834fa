package io.github.devicetunnel.internal.frames;

import static io.github.devicetunnel.internal.frames.Frames.BINARY;
import static io.github.devicetunnel.internal.frames.Frames.CLOSE;
import static io.github.devicetunnel.internal.frames.Frames.CONTINUATION;
import static io.github.devicetunnel.internal.frames.Frames.CONTROL_LIMIT;
import static io.github.devicetunnel.internal.frames.Frames.FIN;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH_64;
import static io.github.devicetunnel.internal.frames.Frames.MASKED;
import static io.github.devicetunnel.internal.frames.Frames.OPCODE;
import static io.github.devicetunnel.internal.frames.Frames.PING;
import static io.github.devicetunnel.internal.frames.Frames.PONG;
import static io.github.devicetunnel.internal.frames.Frames.RESERVED;
import static io.github.devicetunnel.internal.frames.Frames.TEXT;

import org.jspecify.annotations.Nullable;

/** What RFC 6455 forbids in the header of a frame. */
final class FrameValidator {
  private FrameValidator() {}

  /**
   * The rule that a header breaks, as far as it is there; null for none.
   *
   * @param offset where the header begins
   * @param limit where the bytes end that are there, at least two of the header
   * @param insideMessage whether the frame before it was not the last one of its message
   */
  static @Nullable String broken(
      byte[] bytes, int offset, int limit, Role writer, boolean insideMessage) {
    int first = bytes[offset];
    int second = bytes[offset + 1];
    int opcode = first & OPCODE;
    if ((first & RESERVED) != 0) {
      return "a reserved bit is set, though no extension was agreed (RFC 6455 section 5.2)";
    }
    if (writer == Role.SERVER && (second & MASKED) != 0) {
      return "a server must not mask its frames (RFC 6455 section 5.1)";
    }
    if (writer == Role.CLIENT && (second & MASKED) == 0) {
      return "a client must mask its frames (RFC 6455 section 5.1)";
    }
    int length = second & LENGTH;
    String broken =
        switch (opcode) {
          case CONTINUATION ->
              insideMessage ? null : "a continuation without a message (RFC 6455 section 5.4)";
          case TEXT, BINARY ->
              insideMessage
                  ? "a new message inside an unfinished one (RFC 6455 section 5.4)"
                  : null;
          case CLOSE, PING, PONG -> brokenByControl(first, length);
          default -> "unknown opcode " + opcode + " (RFC 6455 section 5.2)";
        };
    if (broken == null && length == LENGTH_64 && limit - offset > 2 && bytes[offset + 2] < 0) {
      return "the uppermost bit of a length is set (RFC 6455 section 5.2)";
    }
    return broken;
  }

  private static @Nullable String brokenByControl(int first, int length) {
    if ((first & FIN) == 0) {
      return "a control frame must not be fragmented (RFC 6455 section 5.5)";
    }
    if (length > CONTROL_LIMIT) {
      return "a control frame is longer than 125 bytes (RFC 6455 section 5.5)";
    }
    if ((first & OPCODE) == CLOSE && length == 1) {
      return "a close frame of one byte cannot hold a code (RFC 6455 section 5.5.1)";
    }
    return null;
  }
}
