package io.github.devicetunnel.internal.frames;

import static io.github.devicetunnel.internal.frames.Frames.FIN;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH_16;
import static io.github.devicetunnel.internal.frames.Frames.LENGTH_64;
import static io.github.devicetunnel.internal.frames.Frames.MASKED;
import static io.github.devicetunnel.internal.frames.Frames.OPCODE;
import static io.github.devicetunnel.internal.frames.Frames.PING;
import static io.github.devicetunnel.internal.frames.Frames.PONG;
import static io.github.devicetunnel.internal.frames.Frames.isControl;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.internal.net.ReadSize;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that turns the frames of one direction of a websocket (RFC 6455 section 5) into the
 * bytes of their payloads. Message boundaries and types are ignored: all payloads form one stream,
 * and messages are not assembled in memory.
 *
 * <p>Headers are removed in place. {@link #next} returns a view of the read buffer, in which the
 * payloads of adjacent short frames have been joined. Memory use does not depend on the lengths
 * that frames declare; {@link ReadSize} determines the size of the buffer.
 *
 * <p>Not thread-safe.
 */
public final class FrameReader {
  /** A receiver of control frames, called on the reading thread. */
  public interface ControlHandler {
    /** Handles a ping, which requires a pong with the same payload (RFC 6455 section 5.5.2). */
    void onPing(byte[] payload);

    /** Handles a pong, solicited or not (RFC 6455 section 5.5.3). */
    void onPong(byte[] payload);

    /**
     * Handles the close frame, the last frame that is read.
     *
     * @param code {@link CloseCode#NO_STATUS} if the frame has no code
     */
    void onClose(int code, String reason);
  }

  private final InputStream in;
  private final Role writer;
  private final ControlHandler controls;

  // [0, runEnd) is payload, already or about to be returned; [parsed, limit) is not decoded yet
  private final ReadSize size = new ReadSize();
  private byte[] buffer = new byte[size.bytes()];
  private ByteBuffer view = ByteBuffer.wrap(buffer);
  private int parsed;
  private int limit;

  private int runStart;
  private int runEnd;

  // State of the current data frame.
  private long remaining;
  private int maskKey;
  private long maskPosition;

  private boolean insideMessage;
  private boolean closed;

  /**
   * Creates a reader for the frames that {@code writer} sends.
   *
   * @param in the input, which needs no buffer of its own because reads are large
   */
  public FrameReader(InputStream in, Role writer, ControlHandler controls) {
    this.in = in;
    this.writer = writer;
    this.controls = controls;
  }

  /**
   * Returns the next payload bytes, at least one. Blocks until bytes are available. The caller owns
   * the returned buffer and its content until the next call.
   *
   * @return null after a close frame
   * @throws ProtocolViolationException if a frame violates the protocol; all payload before the
   *     violation has been returned
   * @throws BareCloseException if the input ended between two messages without a close frame
   * @throws EOFException if the input ended inside a message
   */
  public @Nullable ByteBuffer next() throws IOException {
    while (!closed) {
      decode();
      if (runEnd > runStart) {
        return view.limit(runEnd).position(runStart);
      }
      if (!closed) {
        fill();
      }
    }
    return null;
  }

  /** Decodes the buffered bytes up to the end of one contiguous run of payload. */
  private void decode() throws ProtocolViolationException {
    runStart = parsed;
    runEnd = parsed;
    while (!closed) {
      if (remaining > 0) {
        int length = (int) Math.min(remaining, limit - parsed);
        if (length == 0) {
          return;
        }
        appendToRun(length);
        continue;
      }
      if (limit - parsed < 2) {
        return;
      }
      String brokenRule = FrameValidator.broken(buffer, parsed, limit, writer, insideMessage);
      boolean control = isControl(buffer[parsed] & OPCODE);
      // Return the payload before a control frame or a violation first.
      if (runEnd > runStart && (control || brokenRule != null)) {
        return;
      }
      if (brokenRule != null) {
        throw new ProtocolViolationException(brokenRule);
      }
      int headerSize = headerSize();
      if (limit - parsed < headerSize) {
        return;
      }
      if (!control) {
        beginDataFrame(headerSize);
      } else if (!handleControlFrame(headerSize)) {
        return;
      } else {
        runStart = parsed;
        runEnd = parsed;
      }
    }
  }

  private void appendToRun(int length) {
    if (writer == Role.CLIENT) {
      Masking.apply(buffer, parsed, length, maskKey, maskPosition);
      maskPosition += length;
    }
    if (runEnd != parsed) {
      System.arraycopy(buffer, parsed, buffer, runEnd, length);
    }
    runEnd += length;
    parsed += length;
    remaining -= length;
  }

  private int headerSize() {
    int second = buffer[parsed + 1];
    int size = (second & MASKED) != 0 ? 6 : 2;
    return switch (second & LENGTH) {
      case LENGTH_16 -> size + 2;
      case LENGTH_64 -> size + 8;
      default -> size;
    };
  }

  private void beginDataFrame(int headerSize) {
    int shortLength = buffer[parsed + 1] & LENGTH;
    long length =
        switch (shortLength) {
          case LENGTH_16 -> number(parsed + 2, 2);
          case LENGTH_64 -> number(parsed + 2, 8);
          default -> shortLength;
        };
    insideMessage = (buffer[parsed] & FIN) == 0;
    beginPayload(headerSize, length);
  }

  private void beginPayload(int headerSize, long length) {
    parsed += headerSize;
    remaining = length;
    if (writer == Role.CLIENT) {
      maskKey = (int) number(parsed - 4, 4);
      maskPosition = 0;
    }
  }

  /** Returns false if the frame is incomplete. */
  private boolean handleControlFrame(int headerSize) throws ProtocolViolationException {
    int opcode = buffer[parsed] & OPCODE;
    int length = buffer[parsed + 1] & LENGTH;
    if (limit - parsed < headerSize + length) {
      return false;
    }
    int start = parsed + headerSize;
    // Copied before the position changes: if there is no memory, no payload is taken for a header.
    byte[] payload = Arrays.copyOfRange(buffer, start, start + length);
    if (writer == Role.CLIENT) {
      Masking.apply(payload, 0, length, (int) number(start - 4, 4), 0);
    }
    parsed = start + length;
    switch (opcode) {
      case PING -> controls.onPing(payload);
      case PONG -> controls.onPong(payload);
      default -> close(payload);
    }
    return true;
  }

  private void close(byte[] payload) throws ProtocolViolationException {
    int code = CloseCode.NO_STATUS;
    String reason = "";
    if (payload.length > 0) {
      code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
      if (!CloseCode.mayBeSent(code)) {
        throw new ProtocolViolationException(
            "invalid close code " + code + " (RFC 6455 section 7.4)");
      }
      reason = utf8(ByteBuffer.wrap(payload, 2, payload.length - 2));
    }
    closed = true;
    controls.onClose(code, reason);
  }

  private static String utf8(ByteBuffer text) throws ProtocolViolationException {
    try {
      return UTF_8.newDecoder().decode(text).toString(); // a new decoder reports malformed input
    } catch (CharacterCodingException e) {
      throw new ProtocolViolationException(
          CloseCode.INVALID_PAYLOAD,
          "the reason of a close frame is not UTF-8 (RFC 6455 section 5.5.1)");
    }
  }

  private long number(int offset, int bytes) {
    long value = 0;
    for (int i = offset; i < offset + bytes; i++) {
      value = (value << 8) | (buffer[i] & 0xff);
    }
    return value;
  }

  /**
   * Reads once. All payload has been returned, so at most an incomplete header or control frame is
   * left in the buffer.
   */
  private void fill() throws IOException {
    byte[] target = buffer;
    ByteBuffer targetView = view;
    if (target.length != size.bytes()) {
      target = new byte[size.bytes()];
      targetView = ByteBuffer.wrap(target);
    }
    int left = limit - parsed;
    System.arraycopy(buffer, parsed, target, 0, left);
    buffer = target;
    view = targetView;
    parsed = 0;
    limit = left;
    int count = size.read(in, buffer, limit, buffer.length - limit);
    if (count < 0) {
      if (left > 0 || remaining > 0 || insideMessage) {
        throw new EOFException(
            "the connection ended in the middle of a message, without a close frame");
      }
      throw new BareCloseException();
    }
    limit += count;
  }
}
