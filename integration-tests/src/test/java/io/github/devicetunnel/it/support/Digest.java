package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Number of bytes of a stream, and their SHA-256 in hex. */
public record Digest(long count, String sha256) {

  /** Reads a stream to its end. */
  public static Digest of(InputStream in) {
    try {
      return of(in, Long.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a stream to its end, or until it has delivered {@code limit} bytes. */
  public static Digest of(InputStream in, long limit) throws IOException {
    Builder builder = new Builder();
    byte[] buffer = new byte[64 << 10];
    while (builder.count < limit) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, limit - builder.count));
      if (count < 0) {
        break;
      }
      builder.add(buffer, count);
    }
    return builder.build();
  }

  /** Not thread-safe. */
  private static final class Builder {
    private final MessageDigest sha256 = newSha256();
    private long count;

    void add(byte[] bytes, int length) {
      sha256.update(bytes, 0, length);
      count += length;
    }

    Digest build() {
      return new Digest(count, HexFormat.of().formatHex(sha256.digest()));
    }

    private static MessageDigest newSha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JVM has SHA-256", e);
      }
    }
  }
}
