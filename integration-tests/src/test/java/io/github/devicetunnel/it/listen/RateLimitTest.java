package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Limits of the bytes per second. A test asserts only that a transfer is not faster. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // a test closes a stream early
class RateLimitTest {
  private static final int SIZE = 300_000;

  @Test
  void connectionIsNotFasterThanItsLimit() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).rateLimit(200_000).build();
        TunnelStream stream = client.open()) {
      long start = System.nanoTime();
      Upload upload = Upload.start(stream.outputStream(), 1, SIZE);
      assertThat(stream.inputStream().readNBytes(SIZE)).hasSize(SIZE);
      upload.await();
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofSeconds(1).toNanos());
    }
  }

  @Test
  void allConnectionsShareTheTotalLimit() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).totalRateLimit(400_000).build();
        TunnelClient sharing = client.newBuilder().build()) {
      List<TunnelStream> streams = new ArrayList<>();
      List<Upload> uploads = new ArrayList<>();
      long start = System.nanoTime();
      for (TunnelClient each : List.of(client, sharing)) {
        TunnelStream stream = each.open();
        streams.add(stream);
        uploads.add(Upload.start(stream.outputStream(), 1, SIZE));
      }
      for (TunnelStream stream : streams) {
        assertThat(stream.inputStream().readNBytes(SIZE)).hasSize(SIZE);
      }
      for (Upload upload : uploads) {
        upload.await();
      }
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofSeconds(1).toNanos());
      streams.forEach(TunnelStream::close);
    }
  }

  @Test
  void readTimeoutAndCloseEndTheDelay() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).rateLimit(1_000).build();
        TunnelStream stream = client.open()) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread writer =
          new Thread(
              () -> {
                try {
                  stream.outputStream().write(new byte[60_000]); // takes a minute
                } catch (IOException e) {
                  failure.complete(e);
                }
              });
      writer.start();
      assertThat(stream.inputStream().read()).isZero();
      stream.setReadTimeout(Duration.ofMillis(10));
      byte[] rest = new byte[60_000];
      assertThatThrownBy(() -> stream.inputStream().readNBytes(rest, 0, rest.length))
          .isInstanceOf(SocketTimeoutException.class);
      stream.close();
      assertThat(Await.get(failure)).isInstanceOf(TunnelException.class);
      writer.join();
    }
  }
}
