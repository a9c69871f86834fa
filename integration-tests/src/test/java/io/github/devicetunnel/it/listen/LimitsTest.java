package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.Fault;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Maximum numbers of connections and of simultaneous dials. */
@ExtendWith(Leaks.class)
class LimitsTest {
  /** Counts the dials in progress. */
  private static final class DialCounter extends TunnelEventListener {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Override
    public void dialStarted(ConnectionInfo connection, int attempt) {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
    }

    @Override
    public void upgraded(ConnectionInfo connection, DialTimings timings) {
      now.decrementAndGet();
    }

    @Override
    public void rejected(
        ConnectionInfo connection, TunnelRejectedException rejection, DialTimings timings) {
      now.decrementAndGet();
    }

    @Override
    public void dialFailed(
        ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {
      now.decrementAndGet();
    }
  }

  @Test
  void streamWaitsUntilAConnectionOfAListenerEnds() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxConnections(1).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      CompletableFuture<TunnelStream> waiting;
      try (Socket local = LocalEnd.connect(listener)) {
        local.getOutputStream().write(1);
        assertThat(local.getInputStream().read()).isEqualTo(1);
        waiting = client.openAsync();
        assertThat(client.stats().opened()).isEqualTo(1);
        assertThat(waiting).isNotDone();
        LocalEnd.reset(local);
      }
      try (TunnelStream stream = Await.get(waiting)) {
        stream.outputStream().write(2);
        assertThat(stream.inputStream().read()).isEqualTo(2);
      }
    }
  }

  @Test
  void idleListenersTakeNoPlace() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).maxConnections(1).build();
        TunnelListener first = client.listen(Loopback.anyPort());
        TunnelListener second = client.listen(Loopback.anyPort())) {
      for (TunnelListener listener : List.of(first, second, first)) {
        try (Socket local = LocalEnd.connect(listener)) {
          local.getOutputStream().write(1);
          assertThat(local.getInputStream().read()).isEqualTo(1);
          LocalEnd.reset(local);
        }
      }
    }
  }

  @Test
  void streamFailsIfNoConnectionEndsWithinTheConnectTimeout() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).maxConnections(1).connectTimeout(Duration.ofMillis(500)).build();
        TunnelClient other = client.newBuilder().build();
        TunnelStream open = Await.get(other.openAsync())) {
      TunnelStream only = openWithLongTimeout(client);
      assertThatThrownBy(client::open)
          .isInstanceOf(TunnelException.class)
          .hasMessage(
              "no connection ended within 0.5 s, and the client has reached its limit of 1"
                  + " connections; close connections, or raise maxConnections");
      assertThat(cloud.service().requestCount()).isEqualTo(2);
      only.close();
      openWithLongTimeout(client).close();
      assertThat(open.isOpen()).isTrue(); // another client, with a limit of its own
    }
  }

  /** A dial on a loaded machine can take longer than a short connect timeout. */
  private static TunnelStream openWithLongTimeout(TunnelClient client) throws IOException {
    while (true) {
      try {
        return client.open();
      } catch (TunnelException e) {
        assertThat(e).hasMessageContaining("no answer within");
      }
    }
  }

  @Test
  void cancelledAndClosedWaitsEndAtOnce() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).maxConnections(1).connectTimeout(Await.LONG).build()) {
      TunnelStream open = client.open();
      CompletableFuture<TunnelStream> cancelled = client.openAsync();
      CompletableFuture<TunnelStream> closed = client.openAsync();
      assertThat(cancelled.cancel(true)).isTrue();
      client.close(Duration.ZERO);
      assertThatThrownBy(() -> Await.get(closed))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TunnelException.class);
      assertThat(open.isOpen()).isFalse();
      assertThat(cloud.service().requestCount()).isEqualTo(1);
    }
  }

  @Test
  void dialsNeverExceedTheLimit() throws Exception {
    DialCounter dials = new DialCounter();
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).maxConcurrentDials(3).addEventListener(dials).build()) {
      cloud.service().faults().onEveryConnect(Fault.delay(Duration.ofMillis(20)));
      List<CompletableFuture<TunnelStream>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(client.openAsync());
      }
      for (CompletableFuture<TunnelStream> each : all) {
        Await.get(each).close();
      }
      assertThat(client.stats().opened()).isEqualTo(40);
      assertThat(dials.most.get()).isEqualTo(3);
    }
  }

  @Test
  void waitingDialEndsWhenItsStreamIsCancelled() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).maxConcurrentDials(1).connectTimeout(Await.LONG).build()) {
      cloud.service().faults().onNextConnect(Fault.hang());
      CompletableFuture<TunnelStream> hanging = client.openAsync();
      Await.until(() -> cloud.service().requestCount() == 1);
      CompletableFuture<TunnelStream> waiting = client.openAsync();
      CompletableFuture<TunnelStream> next = client.openAsync();
      waiting.cancel(true);
      hanging.cancel(true);
      Await.get(next).close();
      assertThat(cloud.service().requestCount()).isEqualTo(2);
    }
  }
}
