package io.github.devicetunnel.it.support;

import java.io.InputStream;
import java.util.SplittableRandom;

/** Pseudorandom bytes, the same for the same seed. Not thread-safe. */
public final class RandomBytes extends InputStream {
  private static final int BLOCK = 64 << 10;

  private final SplittableRandom random;
  private final byte[] block = new byte[BLOCK];
  private int position = BLOCK;
  private long left;

  public RandomBytes(long seed, long count) {
    this.random = new SplittableRandom(seed);
    this.left = count;
  }

  /** Returns the digest of all bytes. */
  public static Digest digest(long seed, long count) {
    return Digest.of(new RandomBytes(seed, count));
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (left == 0) {
      return -1;
    }
    if (position == BLOCK) {
      // Whole blocks, so that the bytes do not depend on the sizes of the reads.
      random.nextBytes(block);
      position = 0;
    }
    int count = (int) Math.min(Math.min(length, BLOCK - position), left);
    System.arraycopy(block, position, bytes, offset, count);
    position += count;
    left -= count;
    return count;
  }
}
