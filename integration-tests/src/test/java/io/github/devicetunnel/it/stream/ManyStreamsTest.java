package io.github.devicetunnel.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests many streams and many clients in one process; {@link Leaks} detects leftover resources. */
@ExtendWith(Leaks.class)
class ManyStreamsTest {
  private static final int CONCURRENT_STREAMS = 200;

  /** The full run, {@code -Dstreams.in.sequence=5000}, takes a minute. */
  private static final int SEQUENTIAL_STREAMS = Integer.getInteger("streams.in.sequence", 500);

  private static final int DEVICES = 1_000;

  @Test
  void opensManyStreamsAtOnce() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).connectTimeout(Await.LONG).build()) {
      List<CompletableFuture<TunnelStream>> opening = new ArrayList<>();
      for (int i = 0; i < CONCURRENT_STREAMS; i++) {
        opening.add(client.openAsync());
      }
      List<TunnelStream> streams = new ArrayList<>();
      for (CompletableFuture<TunnelStream> each : opening) {
        streams.add(Await.get(each));
      }
      assertThat(client.stats().openNow()).isEqualTo(CONCURRENT_STREAMS);
      for (int i = 0; i < CONCURRENT_STREAMS; i++) {
        streams.get(i).outputStream().write(i);
      }
      for (int i = 0; i < CONCURRENT_STREAMS; i++) {
        assertThat(streams.get(i).inputStream().read()).isEqualTo(i);
      }
      List<CompletableFuture<Void>> closing = new ArrayList<>();
      for (TunnelStream stream : streams) {
        closing.add(CompletableFuture.runAsync(stream::close));
      }
      Await.get(CompletableFuture.allOf(closing.toArray(new CompletableFuture<?>[0])));
      assertThat(client.stats().openNow()).isZero();
    }
  }

  @Test
  void opensManyStreamsInSequence() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build()) {
      for (int i = 0; i < SEQUENTIAL_STREAMS; i++) {
        try (TunnelStream stream = client.open()) {
          stream.outputStream().write(i);
          assertThat(stream.inputStream().read()).isEqualTo(i & 0xff);
        }
      }
      assertThat(client.stats().opened()).isEqualTo(SEQUENTIAL_STREAMS);
      assertThat(client.stats().connections()).isEmpty();
    }
  }

  @Test
  void clientsForManyDevicesAddNoThreads() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient first = cloud.client(service).build()) {
      List<TunnelClient> clients = new ArrayList<>();
      try (TunnelStream stream = first.open()) {
        stream.outputStream().write('x');
        assertThat(stream.inputStream().read()).isEqualTo('x');
        int threads = Thread.activeCount();
        for (int i = 0; i < DEVICES; i++) {
          clients.add(first.newBuilder().deviceId(String.format("%032x", i)).build());
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
      }
      clients.forEach(TunnelClient::close);
    }
  }
}
