package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Requests the device directory of the simulated cloud over HTTP/2, which a client of an
 * application negotiates over TLS.
 */
final class DirectoryOverHttp2Test {
  @RegisterExtension final Leaks leaks = new Leaks();

  private final OkHttpClient http = TestingCloud.trustingClient();
  private TestingCloud cloud;
  private TunnelService service;

  @BeforeEach
  void start() throws IOException {
    cloud = TestingCloud.startedWithTls();
    service = cloud.service();
  }

  @AfterEach
  void stop() {
    http.connectionPool().evictAll();
    http.dispatcher().executorService().shutdown();
    cloud.close();
  }

  @Test
  void keepsConnectionOfUnansweredRequest() throws Exception {
    service.directory().onNextRequest(Fault.none()).onNextRequest(Fault.hang());

    assertListsDevice();
    Call unanswered = call();
    unanswered.timeout().timeout(100, TimeUnit.MILLISECONDS);
    assertThatThrownBy(unanswered::execute).isInstanceOf(InterruptedIOException.class);

    assertListsDevice();
    assertThat(service.openConnections()).isEqualTo(1);
    assertThat(service.directory().requests()).hasSize(3);
    service.verify();
  }

  @Test
  void closingServiceAbortsHeldRequests() throws Exception {
    service.directory().onNextRequest(Fault.delay(Duration.ofHours(1))).onNextRequest(Fault.hang());

    CompletableFuture<Integer> delayed = CompletableFuture.supplyAsync(this::status);
    CompletableFuture<Integer> unanswered = CompletableFuture.supplyAsync(this::status);
    Await.until("two requests", () -> service.requestCount() == 2);
    service.close();

    assertThatThrownBy(() -> delayed.get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class);
    assertThatThrownBy(() -> unanswered.get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class);
  }

  private void assertListsDevice() throws IOException {
    try (Response response = call().execute()) {
      assertThat(response.protocol()).isEqualTo(Protocol.HTTP_2);
      assertThat(response.body().string()).contains("\"id\":\"" + Cloud.DEVICE + "\"");
    }
  }

  private Integer status() {
    try (Response response = call().execute()) {
      return response.code();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Call call() {
    return http.newCall(
        new Request.Builder()
            .url(service.uri().replaceFirst("wss", "https") + "/v3/devices/")
            .header("Authorization", "Bearer " + Cloud.KEY)
            .build());
  }
}
