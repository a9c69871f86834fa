package io.github.devicetunnel.internal.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Probes idle connections, some of which are dead. */
class WarmUpTest {
  private static final int COUNT = 3;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PROBE_TIMEOUT = Duration.ofMillis(200);

  private final ExecutorService helpers = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final MockWebServer cloud = new MockWebServer();
  private final Queue<Integer> served = new ConcurrentLinkedQueue<>();
  private final Set<Integer> dead = ConcurrentHashMap.newKeySet();
  private Upgrader upgrader;

  @BeforeEach
  void start() throws IOException {
    cloud.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            served.add(request.getConnectionIndex());
            return dead.contains(request.getConnectionIndex())
                ? new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build()
                : new MockResponse.Builder().code(404).build();
          }
        });
    cloud.start();
    upgrader = new Upgrader(new OkHttpClient(), helpers, null, COUNT, timers, helpers);
  }

  @AfterEach
  void stop() {
    upgrader.close();
    cloud.close();
    helpers.shutdownNow();
    timers.shutdownNow();
  }

  private WarmUp warmUp() {
    HttpUrl url = cloud.url("/");
    return upgrader.warmUp(url, COUNT, TIMEOUT, PROBE_TIMEOUT);
  }

  private Set<Integer> probed() {
    Set<Integer> connections = served.stream().collect(Collectors.toSet());
    served.clear();
    return connections;
  }

  @Test
  void nextRoundReplacesDeadConnection() throws IOException {
    warmUp().execute(helpers);
    Set<Integer> first = probed();
    assertThat(first).hasSize(COUNT);

    int broken = first.iterator().next();
    dead.add(broken);
    WarmUp second = warmUp();
    assertThatThrownBy(() -> second.execute(helpers)).isInstanceOf(IOException.class);
    assertThat(second.foundDeadConnection()).isTrue();
    assertThat(probed()).isEqualTo(first);

    WarmUp third = warmUp();
    third.execute(helpers);
    assertThat(third.foundDeadConnection()).isFalse();
    assertThat(probed()).hasSize(COUNT).doesNotContain(broken).containsAll(without(first, broken));
  }

  @Test
  void timesOutWithoutAnswer() {
    dead.addAll(IntStream.range(0, COUNT).boxed().toList());
    WarmUp unanswered =
        upgrader.warmUp(cloud.url("/"), COUNT, Duration.ofMillis(500), PROBE_TIMEOUT);
    assertThatThrownBy(() -> unanswered.execute(helpers))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("timeout");
  }

  private static Set<Integer> without(Set<Integer> all, int excluded) {
    return all.stream().filter(i -> i != excluded).collect(Collectors.toSet());
  }
}
