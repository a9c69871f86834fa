package io.github.devicetunnel.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DetachedCallTest {
  private static final long LONG = TimeUnit.SECONDS.toNanos(60);

  private final Admission running = new Admission(1);
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  private DetachedCall<String> call() {
    return new DetachedCall<>(() -> "result", running, Runnable::run);
  }

  private DetachedCall<String> hanging() {
    return new DetachedCall<>(() -> "late", running, tasks::add);
  }

  @Test
  void returnsResult() throws Exception {
    assertThat(call().get(LONG)).isEqualTo("result");
    assertThat(call().get(LONG)).isEqualTo("result");
  }

  @Test
  void throwsAnyFailureOfCall() {
    Error failure = new StackOverflowError();
    DetachedCall<String> failing =
        new DetachedCall<>(
            () -> {
              throw failure;
            },
            running,
            Runnable::run);
    assertThatThrownBy(() -> failing.get(LONG))
        .isInstanceOf(ExecutionException.class)
        .hasCause(failure);
  }

  @Test
  void callThatWasLeftBehindKeepsItsPlaceUntilItReturns() throws Exception {
    assertThatThrownBy(() -> hanging().get(1)).isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> hanging().get(1)).isInstanceOf(TimeoutException.class);
    assertThat(tasks).hasSize(1);

    tasks.remove().run();

    assertThat(call().get(LONG)).isEqualTo("result");
  }

  @Test
  void cancellationEndsWaitForPlace() throws Exception {
    assertThatThrownBy(() -> hanging().get(1)).isInstanceOf(TimeoutException.class);
    DetachedCall<String> waiting = call();
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(
            () -> {
              started.countDown();
              return catchThrowable(() -> waiting.get(LONG));
            });
    assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();

    waiting.cancel();

    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
    tasks.remove().run();
    assertThat(call().get(LONG)).isEqualTo("result");
  }

  @Test
  void cancelledCallDoesNotBegin() throws Exception {
    DetachedCall<String> cancelled = hanging();
    cancelled.cancel();
    assertThatThrownBy(() -> cancelled.get(LONG)).isInstanceOf(CancellationException.class);
    assertThat(tasks).isEmpty();
    assertThat(call().get(LONG)).isEqualTo("result");
  }

  @Test
  void callThatCannotBeginLeavesItsPlace() throws Exception {
    DetachedCall<String> rejected =
        new DetachedCall<>(
            () -> "never",
            running,
            task -> {
              throw new RejectedExecutionException();
            });
    assertThatThrownBy(() -> rejected.get(LONG)).isInstanceOf(CancellationException.class);
    OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
    DetachedCall<String> failed =
        new DetachedCall<>(
            () -> "never",
            running,
            task -> {
              throw noThread;
            });
    assertThat(catchThrowable(() -> failed.get(LONG))).isSameAs(noThread);
    assertThat(call().get(LONG)).isEqualTo("result");
  }
}
