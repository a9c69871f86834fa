package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The bytes that were written before a write failed, and the time until the failure. */
record Writes(long bytes, Duration time) {
  /** Writes blocks without a pause until a write fails. */
  static Writes untilFailure(OutputStream out) {
    return untilFailure(out, 64 << 10, 0);
  }

  /** Writes single bytes, so slowly that few bytes are in transit, until a write fails. */
  static Writes slowlyUntilFailure(OutputStream out) {
    return untilFailure(out, 1, 10);
  }

  private static Writes untilFailure(OutputStream out, int size, int pauseMillis) {
    byte[] block = new byte[size];
    CountDownLatch never = new CountDownLatch(1);
    long count = 0;
    long began = System.nanoTime();
    while (System.nanoTime() - began < Await.LONG.toNanos()) {
      try {
        out.write(block);
        count += size;
        boolean unused = pauseMillis > 0 && never.await(pauseMillis, TimeUnit.MILLISECONDS);
      } catch (IOException e) {
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
        return new Writes(count, Duration.ofNanos(System.nanoTime() - began));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
    throw new AssertionError(count + " bytes were written, and no write failed");
  }
}
