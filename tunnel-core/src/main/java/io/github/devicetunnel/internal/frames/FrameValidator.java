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

/** The rules of RFC 6455 for frame headers. */
final class FrameValidator {
  private FrameValidator() {}

  /**
   * Returns the rule that a header violates, as far as the header is available, or null if it
   * violates none.
   *
   * @param offset index of the first byte of the header
   * @param limit index after the last available byte; at least two bytes of the header are
   *     available
   * @param insideMessage whether the preceding data frame was not the last frame of its message
   */
  static @Nullable String broken(
      byte[] bytes, int offset, int limit, Role writer, boolean insideMessage) {
    int first = bytes[offset];
    int second = bytes[offset + 1];
    int opcode = first & OPCODE;
    if ((first & RESERVED) != 0) {
      return "a reserved bit is set, but no extension was negotiated (RFC 6455 section 5.2)";
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
              insideMessage
                  ? null
                  : "a continuation frame without a message (RFC 6455 section 5.4)";
          case TEXT, BINARY ->
              insideMessage
                  ? "a new message before the end of the previous one (RFC 6455 section 5.4)"
                  : null;
          case CLOSE, PING, PONG -> brokenByControl(first, length);
          default -> "unknown opcode " + opcode + " (RFC 6455 section 5.2)";
        };
    if (broken == null && length == LENGTH_64 && limit - offset > 2 && bytes[offset + 2] < 0) {
      return "the most significant bit of a length is set (RFC 6455 section 5.2)";
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
