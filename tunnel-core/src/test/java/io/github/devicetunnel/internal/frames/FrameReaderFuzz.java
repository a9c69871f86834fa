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
 * One try of the reader with any bytes: it must come to the same as the {@link ReferenceReader},
 * however the bytes are cut into packets, in bounded memory and in a bounded number of steps.
 *
 * <p>An input is a byte of how, a byte from which the cuts are drawn, and the frames. Bit 0 of the
 * first says whose frames they are, bits 1 and 2 how short the pieces are, and the upper five how
 * often the frames are repeated: fuzzers make short inputs, and the reader's buffer grows with long
 * ones.
 */
final class FrameReaderFuzz implements FrameReader.ControlHandler {
  private static final int LARGEST_BUFFER = 64 << 10;
  private static final int[] LARGEST_PIECES = {1, 7, 700, LARGEST_BUFFER};

  private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
  private final List<String> controls = new ArrayList<>();

  private FrameReaderFuzz() {}

  static void tryOut(byte[] input) throws IOException {
    if (input.length < 2) {
      return;
    }
    Role writer = (input[0] & 1) == 0 ? Role.SERVER : Role.CLIENT;
    int largestPiece = LARGEST_PIECES[(input[0] >> 1) & 3];
    int times = 1 + ((input[0] >> 3) & 31);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      wire.write(input, 2, input.length - 2);
    }
    tryOut(wire.toByteArray(), writer, largestPiece, input[1]);
  }

  static void tryOut(byte[] wire, Role writer, int largestPiece, long seed) throws IOException {
    Outcome outcome = new FrameReaderFuzz().read(wire, writer, largestPiece, seed);
    assertThat(outcome).isEqualTo(ReferenceReader.read(wire, writer));
  }

  private Outcome read(byte[] wire, Role writer, int largestPiece, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    InputStream pieces = Reading.inPieces(wire, position -> 1 + random.nextInt(largestPiece));
    FrameReader reader = new FrameReader(new NeverForNothing(pieces), writer, this);
    End end = readAll(reader);
    return ReferenceReader.outcome(payload.toByteArray(), controls, end);
  }

  private End readAll(FrameReader reader) throws IOException {
    try {
      ByteBuffer run = reader.next();
      while (run != null) {
        assertThat(run.hasRemaining()).isTrue();
        assertThat(run.capacity()).isLessThanOrEqualTo(LARGEST_BUFFER);
        payload.write(run.array(), run.arrayOffset() + run.position(), run.remaining());
        run = reader.next();
      }
      return End.CLOSE_FRAME;
    } catch (ProtocolViolationException e) {
      return End.BROKEN_RULE;
    } catch (EOFException e) {
      return String.valueOf(e.getMessage()).contains("in the middle of a message")
          ? End.CUT_INSIDE_A_MESSAGE
          : End.CUT_BETWEEN_MESSAGES;
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

  /** Fails a reader that asks for nothing, and might do so for ever, or goes on after the end. */
  private static final class NeverForNothing extends InputStream {
    private final InputStream in;
    private boolean ended;

    NeverForNothing(InputStream in) {
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
