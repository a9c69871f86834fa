package io.github.devicetunnel.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.cli.Await;
import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.failure.CommandFailure;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingTasksTest {
  private final TestSignals signals = new TestSignals();
  private final BlockingTasks tasks = new BlockingTasks(signals);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final BlockingQueue<String> late = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    answer.countDown();
  }

  private String read() {
    try {
      Await.reached(answer);
      return "text";
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void returnsResultAndRethrowsFailure() throws Exception {
    assertThat(tasks.call(() -> "text", late::add, Await.LONG)).isEqualTo("text");
    Error error = new OutOfMemoryError("no room");
    assertThatThrownBy(
            () ->
                tasks.call(
                    () -> {
                      throw error;
                    },
                    late::add,
                    Await.LONG))
        .isSameAs(error);
    assertThat(tasks.call(() -> "text", late::add, Await.LONG)).isEqualTo("text");
  }

  @Test
  void signalEndsWait() {
    signals.send();

    assertThatThrownBy(() -> tasks.call(this::read, late::add, Await.LONG))
        .isInstanceOf(StoppedException.class);
  }

  @Test
  void limitEndsWaitAndLateResultIsDiscarded() throws Exception {
    assertThatThrownBy(() -> tasks.call(this::read, late::add, Duration.ZERO))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith("files or name servers do not answer within 0 s; ");
    assertThatThrownBy(() -> tasks.call(() -> "text", late::add, Await.LONG))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith("an earlier attempt still waits for files or name servers; ");
    assertThat(late).isEmpty();

    answer.countDown();
    assertThat(late.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("text");
    assertThat(tasks.call(() -> "text", late::add, Await.LONG)).isEqualTo("text");
  }
}
