package io.github.devicetunnel.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

/** Pseudo-random bytes, determined by a seed, and their SHA-256. */
final class Payload {
  static final int DIGEST_LENGTH = 32;

  private static final int BLOCK = 16 << 10;

  /** Processes a block of bytes. */
  private interface Sink {
    void take(byte[] bytes, int length) throws IOException;
  }

  private Payload() {}

  static void write(OutputStream out, long seed, long count) throws IOException {
    generate(seed, count, (bytes, length) -> out.write(bytes, 0, length));
  }

  static byte[] digest(long seed, long count) throws IOException {
    MessageDigest digest = newDigest();
    generate(seed, count, (bytes, length) -> digest.update(bytes, 0, length));
    return digest.digest();
  }

  private static void generate(long seed, long count, Sink sink) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] block = new byte[BLOCK];
    for (long left = count; left > 0; left -= BLOCK) {
      random.nextBytes(block);
      sink.take(block, (int) Math.min(BLOCK, left));
    }
  }

  /** Returns the digest of the next {@code count} bytes. */
  static byte[] digest(InputStream in, long count) throws IOException {
    MessageDigest digest = newDigest();
    byte[] block = new byte[64 << 10];
    for (long left = count; left > 0; ) {
      int number = in.read(block, 0, (int) Math.min(block.length, left));
      if (number < 0) {
        throw new EOFException("received " + (count - left) + " of " + count + " bytes");
      }
      digest.update(block, 0, number);
      left -= number;
    }
    return digest.digest();
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
