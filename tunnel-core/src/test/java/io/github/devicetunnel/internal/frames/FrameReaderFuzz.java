package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.internal.frames.ReferenceReader.End;
import io.github.devicetunnel.internal.frames.ReferenceReader.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs the reader on arbitrary bytes. The result must equal that of the {@link ReferenceReader} for
 * every split into packets, with bounded memory and a bounded number of steps.
 *
 * <p>An input consists of a byte of settings, a byte that seeds the split, and the frames. Bit 0 of
 * the settings selects the sender, bits 1 and 2 select the maximum piece size, and the upper five
 * bits set the number of repetitions of the frames. Fuzzers generate short inputs, but the reader's
 * buffer grows only with long inputs.
 */
final class FrameReaderFuzz implements FrameReader.ControlHandler {
  private static final int MAX_BUFFER = 64 << 10;
  private static final int[] MAX_PIECES = {1, 7, 700, MAX_BUFFER};

  private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
  private final List<String> controls = new ArrayList<>();

  private FrameReaderFuzz() {}

  static void check(byte[] input) throws IOException {
    if (input.length < 2) {
      return;
    }
    Role writer = (input[0] & 1) == 0 ? Role.SERVER : Role.CLIENT;
    int maxPiece = MAX_PIECES[(input[0] >> 1) & 3];
    int times = 1 + ((input[0] >> 3) & 31);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      wire.write(input, 2, input.length - 2);
    }
    check(wire.toByteArray(), writer, maxPiece, input[1]);
  }

  static void check(byte[] wire, Role writer, int maxPiece, long seed) throws IOException {
    Outcome outcome = new FrameReaderFuzz().read(wire, writer, maxPiece, seed);
    assertThat(outcome).isEqualTo(ReferenceReader.read(wire, writer));
  }

  private Outcome read(byte[] wire, Role writer, int maxPiece, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    InputStream pieces = Reading.inPieces(wire, position -> 1 + random.nextInt(maxPiece));
    FrameReader reader = new FrameReader(new StrictInputStream(pieces), writer, this);
    End end = readAll(reader);
    return ReferenceReader.outcome(payload.toByteArray(), controls, end);
  }

  private End readAll(FrameReader reader) throws IOException {
    try {
      ByteBuffer run = reader.next();
      while (run != null) {
        assertThat(run.hasRemaining()).isTrue();
        assertThat(run.capacity()).isLessThanOrEqualTo(MAX_BUFFER);
        payload.write(run.array(), run.arrayOffset() + run.position(), run.remaining());
        run = reader.next();
      }
      return End.CLOSE_FRAME;
    } catch (ProtocolViolationException e) {
      return End.PROTOCOL_VIOLATION;
    } catch (EOFException e) {
      return String.valueOf(e.getMessage()).contains("in the middle of a message")
          ? End.EOF_INSIDE_MESSAGE
          : End.EOF_BETWEEN_MESSAGES;
    }
  }

  @Override
  public void onPing(byte[] bytes) {
    controls.add(ReferenceReader.control(payload.size(), "ping", bytes));
  }

  @Override
  public void onPong(byte[] bytes) {
    controls.add(ReferenceReader.control(payload.size(), "pong", bytes));
  }

  @Override
  public void onClose(int code, String reason) {
    controls.add(ReferenceReader.close(payload.size(), code, reason));
  }

  /** Fails if the reader requests zero bytes, which could loop forever, or reads after the end. */
  private static final class StrictInputStream extends InputStream {
    private final InputStream in;
    private boolean ended;

    StrictInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() {
      throw new AssertionError("byte by byte");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      assertThat(length).isPositive();
      assertThat(ended).as("read after the end").isFalse();
      int count = in.read(bytes, offset, length);
      ended = count < 0;
      return count;
    }
  }
}
