package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks that a failed warm-up does not affect the tunnel that has just opened. */
class WarmConnectionsTest {
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final List<Runnable> tasks = new ArrayList<>();
  private boolean threadsExhausted;

  @AfterEach
  void stop() {
    timers.shutdownNow();
  }

  private WarmConnections warm(WarmConnections.UpgraderSource source) {
    Executor helpers =
        task -> {
          if (threadsExhausted) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          tasks.add(task);
        };
    return new WarmConnections(
        source, timers, helpers, HttpUrl.get("http://127.0.0.1/"), 2, Duration.ofSeconds(2));
  }

  @Test
  void retriesAfterThreadShortage() {
    WarmConnections warm =
        warm(
            () -> {
              throw new IOException("not reached");
            });
    threadsExhausted = true;
    warm.used();
    threadsExhausted = false;
    warm.used();
    assertThat(tasks).hasSize(1);
  }

  @Test
  void continuesAfterOutOfMemoryError() {
    WarmConnections warm =
        warm(
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    warm.used();
    tasks.remove(0).run();
    warm.used();
    assertThat(tasks).hasSize(1);
  }
}
