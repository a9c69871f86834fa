package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The number of bytes and their SHA-256. */
record Digest(long count, String sha256) {
  /** Called after each piece. */
  interface Pace {
    void after(long count) throws IOException;
  }

  static Digest of(InputStream in) throws IOException {
    return of(in, Long.MAX_VALUE, count -> {});
  }

  /** Reads up to {@code limit} bytes, or fewer if the stream ends. */
  static Digest of(InputStream in, long limit, Pace pace) throws IOException {
    MessageDigest sha256 = newSha256();
    byte[] piece = new byte[16 << 10];
    long count = 0;
    while (count < limit) {
      int length = in.read(piece, 0, (int) Math.min(piece.length, limit - count));
      if (length < 0) {
        break;
      }
      sha256.update(piece, 0, length);
      count += length;
      pace.after(count);
    }
    return new Digest(count, HexFormat.of().formatHex(sha256.digest()));
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
