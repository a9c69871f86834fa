package io.github.devicetunnel.internal.frames;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Reads a whole stream of frames and records the result. */
final class Reading implements FrameReader.ControlHandler {
  final ByteArrayOutputStream payload = new ByteArrayOutputStream();

  /** Control frames, each with the number of payload bytes delivered before it. */
  final List<String> controls = new ArrayList<>();

  int runs;

  /** Reads until the close frame, or until the reader throws. */
  static Reading of(Role writer, InputStream in) throws IOException {
    Reading reading = new Reading();
    reading.run(writer, in);
    return reading;
  }

  static Reading of(Role writer, byte[]... frames) throws IOException {
    return of(writer, new ByteArrayInputStream(Frame.join(frames)));
  }

  void run(Role writer, InputStream in) throws IOException {
    FrameReader reader = new FrameReader(in, writer, this);
    ByteBuffer run;
    while ((run = reader.next()) != null) {
      runs++;
      byte[] copy = new byte[run.remaining()];
      run.get(copy);
      payload.writeBytes(copy);
    }
  }

  /** Returns a stream whose reads return at most {@code size} bytes, depending on the position. */
  static InputStream inPieces(byte[] bytes, IntUnaryOperator size) {
    return new InputStream() {
      private int position;

      @Override
      public int read() {
        return position == bytes.length ? -1 : bytes[position++] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        if (position == bytes.length) {
          return -1;
        }
        int limit = Math.max(1, size.applyAsInt(position));
        int count = Math.min(Math.min(length, limit), bytes.length - position);
        System.arraycopy(bytes, position, target, offset, count);
        position += count;
        return count;
      }
    };
  }

  String text() {
    return payload.toString(UTF_8);
  }

  @Override
  public void onPing(byte[] bytes) {
    controls.add(payload.size() + " ping " + new String(bytes, UTF_8));
  }

  @Override
  public void onPong(byte[] bytes) {
    controls.add(payload.size() + " pong " + new String(bytes, UTF_8));
  }

  @Override
  public void onClose(int code, String reason) {
    controls.add(payload.size() + " close " + code + " " + reason);
  }
}
