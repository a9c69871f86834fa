package io.github.devicetunnel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PipeTest {
  private final Pipe pipe = new Pipe();
  private final InputStream in = pipe.input();
  private final OutputStream out = pipe.output();

  private Thread writer(byte[] bytes) {
    Thread thread =
        new Thread(
            () -> {
              try {
                out.write(bytes);
                out.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "test-writer");
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> {});
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void blocksWriterAtCapacity() throws Exception {
    Thread writer = writer(new byte[Pipe.CAPACITY + 1]);
    awaitWaiting(writer);

    assertThat(in.available()).isEqualTo(Pipe.CAPACITY);
    assertThat(in.read()).isZero();
    writer.join();
    assertThat(in.readAllBytes()).hasSize(Pipe.CAPACITY);
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void keepsOrderOfBytes() throws Exception {
    byte[] sent = new byte[5 * Pipe.CAPACITY / 2];
    new Random(1).nextBytes(sent);
    Thread writer = writer(sent);

    assertThat(in.readNBytes(1000)).isEqualTo(java.util.Arrays.copyOf(sent, 1000));
    byte[] rest = java.util.Arrays.copyOfRange(sent, 1000, sent.length);
    assertThat(in.readAllBytes()).isEqualTo(rest);
    writer.join();
  }

  @Test
  void failUnblocksWriter() throws Exception {
    Thread writer = writer(new byte[Pipe.CAPACITY + 1]);
    awaitWaiting(writer);

    pipe.fail(() -> new IOException("broken off"));
    writer.join();
    assertThatThrownBy(in::read).hasMessage("broken off");
    assertThatThrownBy(() -> out.write(1)).hasMessage("broken off");
  }

  @Test
  void interruptUnblocksReader() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(in::read).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
