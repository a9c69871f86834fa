package io.github.devicetunnel.internal.frames;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks frame streams with up to two mutations, the same streams in every run. */
class FrameReaderMutationTest {
  private static final int[] OPCODES = {0, 1, 2, 8, 9, 10};
  private static final int[] LENGTHS = {0, 1, 2, 125, 126, 300, 4090, 5000, 65_535, 65_536, 70_000};
  private static final int[] MAX_PIECES = {1, 100, 5000, 64 << 10};

  @ParameterizedTest
  @EnumSource(Role.class)
  void readsMutatedStreamsLikeReferenceReader(Role writer) throws IOException {
    Random random = new Random(writer.name().length());
    for (int i = 0; i < 3000; i++) {
      byte[] wire = mutated(stream(writer, random), random);
      int maxPiece = MAX_PIECES[random.nextInt(MAX_PIECES.length)];
      FrameReaderFuzz.check(wire, writer, maxPiece, i);
    }
  }

  private static byte[] stream(Role writer, Random random) {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    boolean insideMessage = false;
    int frames = 1 + random.nextInt(8);
    for (int i = 0; i < frames; i++) {
      boolean control = random.nextInt(4) == 0;
      // Long frames are rare, because copying them takes most of the time.
      int lengths = random.nextInt(10) == 0 ? LENGTHS.length : 6;
      byte[] payload = new byte[control ? random.nextInt(126) : LENGTHS[random.nextInt(lengths)]];
      random.nextBytes(payload);
      Frame frame = Frame.of(control ? 9 + random.nextInt(2) : insideMessage ? 0 : 2, payload);
      if (!control) {
        insideMessage = random.nextBoolean();
        frame = insideMessage ? frame.unfinished() : frame;
      }
      wire.writeBytes((writer == Role.CLIENT ? frame.masked() : frame).bytes());
    }
    byte[] code = {(byte) random.nextInt(24), (byte) random.nextInt(256)};
    Frame close = Frame.of(8, Arrays.copyOf(code, random.nextBoolean() ? 2 : 0));
    wire.writeBytes((writer == Role.CLIENT ? close.masked() : close).bytes());
    return wire.toByteArray();
  }

  private static byte[] mutated(byte[] wire, Random random) {
    int mutations = random.nextInt(3);
    for (int i = 0; i < mutations; i++) {
      // Headers are more frequent near the beginning.
      int position = random.nextInt(random.nextBoolean() ? wire.length : Math.min(20, wire.length));
      switch (random.nextInt(3)) {
        case 0 -> wire[position] ^= (byte) (1 << random.nextInt(8));
        case 1 -> wire[position] = (byte) (0x80 | OPCODES[random.nextInt(OPCODES.length)]);
        default -> {
          return Arrays.copyOf(wire, position);
        }
      }
    }
    return wire;
  }
}
