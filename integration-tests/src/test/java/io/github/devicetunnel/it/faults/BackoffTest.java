package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.BackoffStats;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.Fault;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dials after failures. */
@ExtendWith(Leaks.class)
class BackoffTest {
  private static final int LOOPS = 40;
  private static final String OTHER_DEVICE = "017b7fddb1247248ffffffffffffffff";

  private final AtomicInteger dials = new AtomicInteger();
  private final List<BackoffStats> backoffs = new CopyOnWriteArrayList<>();
  private final List<BackoffStats> ended = new CopyOnWriteArrayList<>();

  private final TunnelEventListener events =
      new TunnelEventListener() {
        @Override
        public void dialStarted(ConnectionInfo connection, int attempt) {
          dials.incrementAndGet();
        }

        @Override
        public void backoff(BackoffStats state) {
          backoffs.add(state);
        }

        @Override
        public void backoffEnded(BackoffStats state) {
          ended.add(state);
        }
      };

  /** Opens and closes streams in loops until the flag is set. */
  private static List<Future<?>> loops(
      ExecutorService threads, TunnelClient client, AtomicBoolean stop) {
    List<Future<?>> loops = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      loops.add(
          threads.submit(
              () -> {
                while (!stop.get()) {
                  try {
                    client.open().close();
                  } catch (IOException e) {
                    // Expected: this test counts the dials.
                  }
                }
              }));
    }
    return loops;
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500, 503})
  void loopsOfManyCallersCauseFewDials(int status) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(LOOPS);
    AtomicBoolean stop = new AtomicBoolean();
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        // Without the events that other tests log: the loops would log hundreds of megabytes.
        TunnelClient client =
            TunnelClient.builder()
                .cloudUri(cloud.uri())
                .credentials(Credentials.apiKey(Cloud.KEY))
                .deviceId(Cloud.DEVICE)
                .serviceAddress(service.serviceAddress())
                .backoffWait(Duration.ZERO)
                .addEventListener(events)
                .build()) {
      cloud.service().faults().onEveryConnect(Fault.reject(status));
      List<Future<?>> loops = loops(threads, client, stop);
      Await.until("several dials after each other", () -> maxFailures() >= 3);
      assertThat(dials.get()).isLessThanOrEqualTo(60);

      cloud.service().faults().clear();
      Await.until("success", () -> client.stats().opened() > LOOPS);
      assertThat(ended).isNotEmpty();
      assertThat(client.backoffs()).isEmpty();
      stop.set(true);
      for (Future<?> loop : loops) {
        Await.get(loop);
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
  }

  private int maxFailures() {
    return backoffs.stream().mapToInt(BackoffStats::failures).max().orElse(0);
  }

  @Test
  void unreachableCloudDelaysAllTargets() throws Exception {
    try (ClosedPort port = new ClosedPort();
        TunnelClient client =
            TunnelClient.builder()
                .cloudUri("ws://" + port.serviceAddress())
                .credentials(Credentials.apiKey(Cloud.KEY))
                .backoffWait(Duration.ZERO)
                .addEventListener(events)
                .build()) {
      assertThatThrownBy(() -> client.open(new Target(Cloud.DEVICE, "127.0.0.1:80")))
          .hasMessageContaining("refused");
      Target other = new Target(OTHER_DEVICE, "127.0.0.1:80");
      TunnelException e = openUntilBackoff(client, other);
      assertThat(e.reason().kind()).isEqualTo(Kind.BACKOFF);
      assertThat(e)
          .hasMessageStartingWith("not dialled: the last ")
          .hasMessageContaining("refused");
      assertThat(e.retryAfter()).isPositive();
      assertThat(e.isRetryable()).isTrue();
      assertThat(client.backoffs()).singleElement().matches(state -> state.target() == null);
    }
  }

  /** The first delays can be so short that they have passed at the next call. */
  private static TunnelException openUntilBackoff(TunnelClient client, Target target) {
    while (true) {
      TunnelException e = catchThrowableOfType(TunnelException.class, () -> client.open(target));
      if (e.reason().kind() == Kind.BACKOFF) {
        return e;
      }
    }
  }

  @Test
  void failingTargetDelaysNoOther() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).backoffWait(Duration.ZERO).addEventListener(events).build()) {
      Target missing = new Target(OTHER_DEVICE, service.serviceAddress());
      openUntilBackoff(client, missing);
      int before = dials.get();
      client.open().close();
      assertThat(dials.get()).isEqualTo(before + 1);
      assertThat(client.backoffs()).singleElement().matches(s -> missing.equals(s.target()));
    }
  }

  @Test
  void retryAfterOfTheCloudIsObserved() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).backoffWait(Await.LONG).addEventListener(events).build()) {
      cloud.service().faults().onNextConnect(Fault.reject(503).retryAfter(Duration.ofSeconds(2)));
      TunnelRejectedException e = catchThrowableOfType(TunnelRejectedException.class, client::open);
      assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(2));
      long rejectedAt = System.nanoTime();
      client.open().close();
      assertThat(System.nanoTime() - rejectedAt).isGreaterThan(Duration.ofMillis(1_900).toNanos());
      assertThat(cloud.service().requestCount()).isEqualTo(2);
      assertThat(ended).hasSize(1);
    }
  }

  @Test
  void changedCredentialEndsTheDelayAtOnce() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .credentials(Credentials.apiKey("ak_wrong"))
                .backoffWait(Duration.ZERO)
                .build()) {
      assertThat(catchThrowableOfType(TunnelRejectedException.class, client::open).statusCode())
          .isEqualTo(401);
      assertThat(catchThrowableOfType(TunnelException.class, client::open).reason().kind())
          .isEqualTo(Kind.BACKOFF);
      try (TunnelClient corrected =
          client.newBuilder().credentials(Credentials.apiKey(Cloud.KEY)).build()) {
        corrected.open().close();
      }
      assertThat(cloud.service().requestCount()).isEqualTo(2);
    }
  }

  @Test
  void zeroDisablesTheDelays() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxBackoff(Duration.ZERO).build()) {
      cloud.service().faults().onEveryConnect(Fault.reject(503));
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(client::open).isInstanceOf(TunnelRejectedException.class);
      }
      assertThat(cloud.service().requestCount()).isEqualTo(20);
    }
  }

  @Test
  void openWhenAvailableWaitsForTheDevice() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(events).build()) {
      cloud.service().device(Cloud.DEVICE).disconnect();
      CompletableFuture<TunnelStream> opening = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  opening.complete(client.openWhenAvailable(Await.LONG));
                } catch (IOException e) {
                  opening.completeExceptionally(e);
                }
              });
      thread.start();
      Await.until(() -> dials.get() >= 2);
      cloud.service().device(Cloud.DEVICE).connect();
      Await.get(opening).close();
      thread.join();
    }
  }

  @Test
  void openWhenAvailableEndsWithTheLastReason() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      cloud.service().device(Cloud.DEVICE).disconnect();
      assertThatThrownBy(() -> client.openWhenAvailable(Duration.ofSeconds(1)))
          .isInstanceOf(IOException.class);
      cloud.service().device(Cloud.DEVICE).connect();
      cloud.service().faults().onEveryConnect(Fault.reject(403));
      assertThatThrownBy(() -> client.openWhenAvailable(Await.LONG))
          .isInstanceOf(TunnelRejectedException.class); // it does not pass by itself
    }
  }

  @Test
  void interruptEndsOpenWhenAvailable() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(events).build()) {
      cloud.service().device(Cloud.DEVICE).disconnect();
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  client.openWhenAvailable(Await.LONG);
                } catch (IOException e) {
                  failure.complete(e);
                }
              });
      thread.start();
      Await.until(() -> dials.get() >= 1);
      thread.interrupt();
      assertThat(Await.get(failure)).isInstanceOf(InterruptedIOException.class);
      thread.join();
    }
  }
}
