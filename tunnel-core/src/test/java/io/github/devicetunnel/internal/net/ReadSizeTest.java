package io.github.devicetunnel.internal.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ReadSizeTest {
  private static final byte[] BUFFER = new byte[64 << 10];

  private final ReadSize size = new ReadSize();

  private void read(int count, long waitMillis) throws IOException {
    assertEquals(count, size.read(new Answer(count, waitMillis), BUFFER, 0, size.bytes()));
  }

  private void growToMax() throws IOException {
    for (int i = 0; i < 5; i++) {
      read(size.bytes(), 0);
    }
    assertEquals(64 << 10, size.bytes());
  }

  @Test
  void startsShort() {
    assertEquals(1 << 10, size.bytes());
  }

  @Test
  void growsAfterFullReads() throws IOException {
    read(1 << 10, 0);
    assertEquals(4 << 10, size.bytes());
    growToMax();
  }

  @Test
  void keepsLengthAfterPartialReads() throws IOException {
    growToMax();
    read(1, 0);
    read(10_000, 0);
    assertEquals(64 << 10, size.bytes());
  }

  @Test
  void shrinksAfterSilenceAndFewBytes() throws IOException {
    growToMax();
    read(6, 1100); // such as a pong
    assertEquals(1 << 10, size.bytes());
  }

  @Test
  void keepsLengthAfterSilenceAndManyBytes() throws IOException {
    growToMax();
    read(20_000, 1100);
    assertEquals(64 << 10, size.bytes());
  }

  @Test
  void returnsEndOfStream() throws IOException {
    assertEquals(-1, size.read(InputStream.nullInputStream(), BUFFER, 0, 10));
  }

  /** Returns {@code count} bytes after {@code waitMillis}. */
  private static final class Answer extends InputStream {
    private final int count;
    private final long waitMillis;

    Answer(int count, long waitMillis) {
      this.count = count;
      this.waitMillis = waitMillis;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      return count;
    }
  }
}
