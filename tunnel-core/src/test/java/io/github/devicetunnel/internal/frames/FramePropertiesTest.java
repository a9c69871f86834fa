package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Checks that the split into messages, fragments and packets does not change the payload. */
class FramePropertiesTest {
  private enum Kind {
    MESSAGE,
    FRAGMENT,
    PING,
    PONG,
    EMPTY
  }

  private record Piece(Kind kind, int length) {}

  @Property(tries = 400)
  void readsSamePayloadFromAnySplit(
      @ForAll("pieces") List<Piece> pieces, @ForAll Role writer, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    int controls = writeAll(pieces, writer, random, wire, expected);

    Reading reading =
        Reading.of(
            writer, Reading.inPieces(wire.toByteArray(), position -> 1 + random.nextInt(5000)));

    assertThat(reading.payload.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(reading.controls).hasSize(controls);
  }

  @Property(tries = 100)
  void readsSamePayloadByteByByte(
      @ForAll("pieces") List<Piece> pieces, @ForAll Role writer, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    writeAll(pieces, writer, random, wire, expected);

    Reading reading = Reading.of(writer, Reading.inPieces(wire.toByteArray(), position -> 1));

    assertThat(reading.payload.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Property(tries = 200)
  void readsPayloadOfFrameWriter(
      @ForAll("lengths") List<Integer> lengths, @ForAll Role side, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(wire, side);
    for (int length : lengths) {
      byte[] payload = new byte[length];
      random.nextBytes(payload);
      expected.writeBytes(payload);
      int offset = FrameWriter.HEADER_ROOM + random.nextInt(9);
      byte[] buffer = new byte[offset + length];
      System.arraycopy(payload, 0, buffer, offset, length);
      writer.writeData(buffer, offset, length);
    }
    writer.writeClose(1000, "");

    Reading reading =
        Reading.of(
            side, Reading.inPieces(wire.toByteArray(), position -> 1 + random.nextInt(70_000)));

    assertThat(reading.payload.toByteArray()).isEqualTo(expected.toByteArray());
  }

  /** Writes the pieces and a close frame, and returns the number of control frames. */
  private static int writeAll(
      List<Piece> pieces,
      Role writer,
      Random random,
      ByteArrayOutputStream wire,
      ByteArrayOutputStream expected) {
    boolean insideMessage = false;
    int controls = 1;
    for (Piece piece : pieces) {
      byte[] payload = new byte[piece.kind == Kind.EMPTY ? 0 : piece.length];
      random.nextBytes(payload);
      switch (piece.kind) {
        case PING, PONG -> {
          byte[] brief = new byte[Math.min(payload.length, 125)];
          write(Frame.of(piece.kind == Kind.PING ? 9 : 10, brief), writer, wire);
          controls++;
        }
        default -> {
          int opcode = insideMessage ? 0 : 1 + random.nextInt(2);
          Frame frame = Frame.of(opcode, payload);
          insideMessage = piece.kind != Kind.MESSAGE;
          write(insideMessage ? frame.unfinished() : frame, writer, wire);
          expected.writeBytes(payload);
        }
      }
    }
    write(Frame.of(8, new byte[0]), writer, wire);
    return controls;
  }

  private static void write(Frame frame, Role writer, ByteArrayOutputStream wire) {
    wire.writeBytes((writer == Role.CLIENT ? frame.masked() : frame).bytes());
  }

  @Provide
  Arbitrary<List<Piece>> pieces() {
    Arbitrary<Integer> length =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 130),
            Arbitraries.integers().between(4000, 4200),
            Arbitraries.integers().between(65_000, 66_000));
    return Combinators.combine(Arbitraries.of(Kind.class), length)
        .as(Piece::new)
        .list()
        .ofMaxSize(20);
  }

  @Provide
  Arbitrary<List<Integer>> lengths() {
    return Arbitraries.oneOf(
            Arbitraries.integers().between(0, 300), Arbitraries.integers().between(65_000, 200_000))
        .list()
        .ofMaxSize(10);
  }
}
