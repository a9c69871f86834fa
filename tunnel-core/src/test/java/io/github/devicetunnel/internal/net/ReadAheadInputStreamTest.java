package io.github.devicetunnel.internal.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadInputStreamTest {
  private static final int HEADER = 5;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Counting counting = new Counting();
  private NoDelayPair pair;
  private Socket near;
  private Socket far;

  @BeforeEach
  void connect() throws IOException {
    pair = new NoDelayPair();
    near = pair.near;
    far = pair.far;
  }

  @AfterEach
  void close() throws IOException {
    pair.close();
    threads.shutdownNow();
  }

  @Test
  void readsAllBytesInOrderForAnyReadSize() throws Exception {
    byte[] sent = random(3_000_000);
    Future<byte[]> received = threads.submit(() -> readInPieces(near.getInputStream()));
    Random random = new Random(2);
    for (int i = 0; i < sent.length; ) {
      int length = Math.min(random.nextInt(100_000), sent.length - i);
      far.getOutputStream().write(sent, i, length);
      i += length;
    }
    far.shutdownOutput();
    assertArrayEquals(sent, received.get());
  }

  private static byte[] readInPieces(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Random random = new Random(3);
    byte[] bytes = new byte[100_000];
    while (true) {
      int max = random.nextBoolean() ? HEADER : bytes.length;
      int count = in.read(bytes, 0, 1 + random.nextInt(max));
      if (count < 0) {
        return all.toByteArray();
      }
      all.write(bytes, 0, count);
    }
  }

  @Test
  void readsManyRecordsPerSocketRead() throws IOException {
    int record = 16 << 10;
    ReadAheadInputStream in = new ReadAheadInputStream(counting);
    for (int i = 0; i < 100; i++) {
      in.readNBytes(HEADER);
      in.readNBytes(record);
    }
    int before = counting.reads;
    for (int i = 0; i < 100; i++) {
      in.readNBytes(HEADER);
      in.readNBytes(record);
    }
    int reads = counting.reads - before;
    assertTrue(reads < 30, () -> reads + " reads for 100 records of 16 KiB");
  }

  @Test
  void readsLongRequestWithoutCopy() throws IOException {
    byte[] bytes = new byte[4096];
    new ReadAheadInputStream(counting).read(bytes, 0, bytes.length);
    assertSame(bytes, counting.last);
  }

  @Test
  void returnsReceivedBytesWithoutWaitingForMore() throws IOException {
    far.getOutputStream().write(random(3));
    assertEquals(3, near.getInputStream().read(new byte[HEADER]));
  }

  @Test
  void keepsUnreadBytesForNextRead() throws IOException {
    far.getOutputStream().write(random(100));
    far.shutdownOutput();
    near.getInputStream().readNBytes(HEADER);
    assertEquals(95, near.getInputStream().available());
    assertEquals(95, near.getInputStream().readAllBytes().length);
    assertEquals(-1, near.getInputStream().read(new byte[HEADER]));
    assertEquals(-1, near.getInputStream().read(new byte[HEADER]), "second read");
  }

  @Test
  void timeoutLosesNoBytes() throws IOException {
    near.setSoTimeout(20);
    far.getOutputStream().write(random(HEADER));
    assertEquals(HEADER, near.getInputStream().readNBytes(HEADER).length);
    assertThrows(SocketTimeoutException.class, () -> near.getInputStream().read(new byte[HEADER]));
    near.setSoTimeout(0);
    far.getOutputStream().write(random(HEADER));
    assertEquals(HEADER, near.getInputStream().readNBytes(HEADER).length);
  }

  @Test
  void closedSocketHasNoInputStream() throws IOException {
    near.getInputStream();
    near.close();
    assertThrows(SocketException.class, () -> near.getInputStream());
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  /** Returns as many bytes as requested, and counts the reads. */
  private static final class Counting extends InputStream {
    private int reads;
    private byte[] last = {};

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      reads++;
      last = bytes;
      return length;
    }
  }
}
