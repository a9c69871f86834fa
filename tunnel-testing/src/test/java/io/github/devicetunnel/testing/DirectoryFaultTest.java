package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.KEY;
import static io.github.devicetunnel.testing.Clients.OTHER;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.testing.DirectoryReader.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the faults of the device directory. */
final class DirectoryFaultTest {
  private static final byte[] EMPTY = {};
  private static final Duration HOUR = Duration.ofHours(1);

  private TunnelService service;
  private TestDirectory directory;
  private DirectoryReader reader;

  @BeforeEach
  void start() throws IOException {
    service = Clients.service().device(OTHER).build().start();
    directory = service.directory();
    reader = new DirectoryReader(service);
  }

  @AfterEach
  void stop() {
    reader.close();
    service.verify();
    service.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500})
  void rejectsNextRequest(int status) throws Exception {
    directory.onNextRequest(Fault.reject(status).retryAfter(Duration.ofSeconds(7)));

    Answer rejected = reader.get("?limit=2");

    assertThat(rejected.status()).isEqualTo(status);
    assertThat(rejected.headers().get("Retry-After")).isEqualTo("7");
    assertThat(rejected.text("message")).isEqualTo("Ordered by the test");
    assertThat(rejected.text("request_id")).hasSize(32);
    assertThat(reader.get("").ids()).containsExactly(DEVICE, OTHER);
    assertThat(directory.requests()).containsExactly("/v3/devices/?limit=2", "/v3/devices/");
  }

  @Test
  void answersWithPageOfLoadBalancer() throws Exception {
    directory.onNextRequest(Fault.reject(200).html("<html>Sign in</html>"));

    Answer answer = reader.get("");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(answer.body()).isEqualTo("<html>Sign in</html>");
  }

  @Test
  void rejectsEveryRequestUntilCleared() throws Exception {
    directory.onEveryRequest(Fault.reject(500)).onNextRequest(Fault.none());

    assertThat(reader.get("").status()).isEqualTo(200);
    assertThat(reader.get("").status()).isEqualTo(500);
    assertThat(reader.get("").status()).isEqualTo(500);
    directory.clearFaults();
    assertThat(reader.get("").status()).isEqualTo(200);
  }

  @Test
  void hasOrdersSeparateFromTunnels() throws Exception {
    service.device(DEVICE).onConnect(SERVICE, stream -> stream.outputStream().write('x'));
    service.faults().onNextConnect(Fault.reject(503));
    directory.onEveryRequest(Fault.reject(403));

    assertThat(reader.get("").status()).isEqualTo(403);
    try (TunnelClient client = Clients.client(service).build()) {
      assertThatThrownBy(client::open).hasMessageContaining("503");
      try (TunnelStream stream = client.open()) {
        assertThat(stream.inputStream().read()).isEqualTo('x');
      }
    }
  }

  @Test
  void delaysPage() throws Exception {
    Duration delay = Duration.ofMillis(300);
    directory.onNextRequest(Fault.delay(delay)).onNextRequest(Fault.reject(404).delayed(delay));
    long begin = System.nanoTime();

    assertThat(reader.get("").ids()).hasSize(2);
    assertThat(reader.get("").status()).isEqualTo(404);
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(delay.multipliedBy(2).toNanos());
  }

  @Test
  void closingServiceAbortsDelayedPage() throws Exception {
    directory.onNextRequest(Fault.delay(HOUR));

    try (RawClient raw = request()) {
      await(() -> service.requestCount() == 1);
      service.close();
      assertThatThrownBy(raw::readHead).isInstanceOf(IOException.class);
    }
  }

  @Test
  void reportsUnansweredRequest() throws Exception {
    directory.onNextRequest(Fault.hang());

    try (RawClient raw = request()) {
      await(() -> !directory.requests().isEmpty());
      assertThatThrownBy(() -> service.verify(Duration.ofMillis(100)))
          .hasMessageContaining(
              "a client is still waiting for the response to its request for /v3/devices/?limit=2");
      assertThat(raw).isNotNull();
    }
    service.verify();
  }

  @Test
  void closingServiceAbortsUnansweredRequest() throws Exception {
    directory.onNextRequest(Fault.hang());

    try (RawClient raw = request()) {
      await(() -> !directory.requests().isEmpty());
      service.close();
      assertThatThrownBy(raw::readHead).isInstanceOf(IOException.class);
    }
  }

  @Test
  void ignoresFilters() throws Exception {
    directory.ignoreFilters(true);

    Answer answer = reader.get("?name__eq=x&colour__like=y&limit=2&include=total_count");

    assertThat(answer.ids()).containsExactly(DEVICE, OTHER);
    assertThat(answer.body()).contains("\"limit\":2").contains("\"total_count\":2");
    assertThat(reader.get("?page=2").status()).isEqualTo(400);
    directory.ignoreFilters(false);
    assertThat(reader.get("?name__eq=x").ids()).isEmpty();
  }

  @Test
  void repeatsFirstPage() throws Exception {
    directory.repeatPages(true);

    Answer first = reader.get("?limit=2");
    Answer second = reader.get("?limit=2&after=" + OTHER);

    assertThat(first.ids()).containsExactly(DEVICE, OTHER);
    assertThat(second.ids()).isEqualTo(first.ids());
    assertThat(first.hasMore()).isTrue();
    assertThat(second.hasMore()).isTrue();
  }

  @Test
  void promisesMoreForever() throws Exception {
    directory.hasMoreForever(true);

    Answer last = reader.get("");
    Answer beyond = reader.get("?after=" + OTHER);

    assertThat(last.ids()).hasSize(2);
    assertThat(last.hasMore()).isTrue();
    assertThat(beyond.ids()).isEmpty();
    assertThat(beyond.hasMore()).isTrue();
  }

  @Test
  void truncatesJson() throws Exception {
    String whole = reader.get("").body();
    directory.truncatePages(true);

    Answer truncated = reader.get("");

    assertThat(truncated.status()).isEqualTo(200);
    assertThat(whole).startsWith(truncated.body()).hasSizeGreaterThan(truncated.body().length());
    assertThat(truncated.ids()).isNotEmpty();
  }

  @Test
  void clearsAllFaults() throws Exception {
    String page = reader.get("?limit=2").body();
    directory
        .onNextRequest(Fault.reject(404))
        .ignoreFilters(true)
        .repeatPages(true)
        .hasMoreForever(true)
        .truncatePages(true);
    directory.clearFaults();

    assertThat(reader.get("?limit=2").body()).isEqualTo(page);
    assertThat(reader.get("?name__eq=x").ids()).isEmpty();
    assertThat(reader.get("?after=" + OTHER).ids()).isEmpty();
  }

  @Test
  void rejectsFaultsOfOpenTunnels() {
    Fault close = Fault.close(1011, "").delayed(HOUR);

    assertThatThrownBy(() -> directory.onNextRequest(close))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the fault applies to an open tunnel; use reject, hang or delay for the directory");
    assertThatThrownBy(() -> directory.onEveryRequest(close))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private RawClient request() throws IOException {
    RawClient raw = new RawClient(service.uri());
    raw.send(
        "GET /v3/devices/?limit=2 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + KEY
            + "\r\n\r\n",
        EMPTY);
    return raw;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
