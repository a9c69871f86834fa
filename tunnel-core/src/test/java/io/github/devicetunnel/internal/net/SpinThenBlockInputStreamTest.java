package io.github.devicetunnel.internal.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SpinThenBlockInputStreamTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private NoDelayPair pair;
  private Socket near;
  private Socket far;
  private InputStream in;

  @BeforeEach
  void connect() throws IOException {
    pair = new NoDelayPair();
    near = pair.near;
    far = pair.far;
    in = near.getInputStream();
  }

  @AfterEach
  void close() throws IOException {
    pair.close();
    threads.shutdownNow();
  }

  /** Makes the next read spin. */
  private void answerAtOnce() throws IOException {
    far.getOutputStream().write(new byte[1]);
    assertEquals(1, in.read(new byte[10]));
  }

  @Test
  void readsAllBytesOfFastSenderInOrder() throws Exception {
    byte[] sent = new byte[300_000];
    new Random(1).nextBytes(sent);
    Future<byte[]> received = threads.submit(() -> in.readAllBytes());
    for (int i = 0; i < sent.length; i += 100) {
      far.getOutputStream().write(sent, i, 100);
    }
    far.shutdownOutput();
    assertArrayEquals(sent, received.get());
  }

  @Test
  void waitsForByteThatArrivesAfterSpin() throws Exception {
    answerAtOnce();
    Future<Integer> late = threads.submit(() -> in.read());
    assertThrows(
        java.util.concurrent.TimeoutException.class, () -> late.get(50, TimeUnit.MILLISECONDS));
    far.getOutputStream().write(42);
    assertEquals(42, late.get());
  }

  @Test
  void detectsEndOfStream() throws Exception {
    answerAtOnce();
    far.shutdownOutput();
    assertEquals(-1, in.read(new byte[10]));
  }

  @Test
  void appliesReadTimeout() throws Exception {
    answerAtOnce();
    near.setSoTimeout(20);
    assertThrows(SocketTimeoutException.class, () -> in.read(new byte[10]));
  }

  @Test
  void closeUnblocksReader() throws Exception {
    for (int i = 0; i < 50; i++) {
      answerAtOnce();
      Future<Integer> read = threads.submit(() -> in.read(new byte[10]));
      near.close();
      Exception e = assertThrows(Exception.class, read::get);
      assertEquals(SocketException.class, e.getCause().getClass());
      far.close();
      connect();
    }
  }
}
