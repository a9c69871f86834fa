package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TokenRequest;
import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EventLog;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.RecordedUpgrade;
import io.github.devicetunnel.testing.RejectedException;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the client requests a token for every dial, and replaces a rejected token once. */
@ExtendWith(Leaks.class)
class TokenSourceTest {
  private static final String SERVICE = "127.0.0.1:80";

  private final EventLog log = new EventLog();
  private final BlockingQueue<TokenRequest> requests = new LinkedBlockingQueue<>();
  private TunnelService cloud;

  @BeforeEach
  void startCloud() throws IOException {
    cloud =
        TunnelService.builder()
            .apiKey(Cloud.KEY)
            .application(
                "app1",
                (token, target) -> {
                  if (!token.endsWith(".fresh")) {
                    throw RejectedException.unauthorized("The key has been withdrawn");
                  }
                })
            .build()
            .start();
    cloud.device(Cloud.DEVICE).onConnect(SERVICE, stream -> {});
  }

  @AfterEach
  void stopCloud() {
    cloud.close();
  }

  private TunnelClient client(Credentials credentials) {
    return builder(credentials).build();
  }

  private TunnelClient.Builder builder(Credentials credentials) {
    return TunnelClient.builder()
        .cloudUri(cloud.uri())
        .credentials(credentials)
        .deviceId(Cloud.DEVICE)
        .serviceAddress(SERVICE)
        .addEventListener(log);
  }

  /** Returns a source that records its requests. */
  private TokenSource source(String token, String fresh) {
    return request -> {
      requests.add(request);
      return request.forceRefresh() ? fresh : token;
    };
  }

  private static TokenRequest request(boolean forceRefresh) {
    return new TokenRequest(new Target(Cloud.DEVICE, SERVICE), forceRefresh);
  }

  private List<Integer> answers() {
    return cloud.upgrades().stream().map(RecordedUpgrade::status).toList();
  }

  private TunnelException failure(TunnelClient client) {
    return catchThrowableOfType(TunnelException.class, client::open);
  }

  @Test
  void requestsTokenForEveryDial() throws Exception {
    try (TunnelClient client = client(Credentials.apiKey(source(Cloud.KEY, "ak_other")))) {
      client.open().close();
      client.open().close();
      assertThat(requests).containsExactly(request(false), request(false));
      assertThat(answers()).containsExactly(101, 101);
      assertThat(log.timings().get(0).credential()).isNotNull();
      assertThat(log.timings().get(0).total()).isGreaterThan(log.timings().get(0).credential());
    }
  }

  @Test
  void replacesRejectedTokenOnce() throws Exception {
    TokenSource source = source(Jwts.valid("stale"), Jwts.valid("fresh"));
    try (TunnelClient client = client(Credentials.jwt("app1", source))) {
      client.open().close();
      assertThat(requests).containsExactly(request(false), request(true));
      assertThat(answers()).containsExactly(401, 101);
      assertThat(log.onlyLines())
          .startsWith(
              "dialStarted 1",
              "rejected 401",
              "retry 1 at once",
              "dialStarted 2",
              "upgraded",
              "opened");
      assertThat(client.stats().rejected()).isZero();
    }
  }

  @Test
  void failsIfFreshTokenIsRejected() throws Exception {
    TokenSource source = source("ak_wrong", "ak_wrong_too");
    TunnelClient.Builder builder = builder(Credentials.apiKey(source));
    try (TunnelClient client = builder.connectRetry(5, Duration.ofMillis(1)).build()) {
      assertThat(failure(client))
          .isInstanceOfSatisfying(
              TunnelRejectedException.class, e -> assertThat(e.statusCode()).isEqualTo(401));
      assertThat(requests).containsExactly(request(false), request(true));
      assertThat(answers()).containsExactly(401, 401);
      assertThat(log.onlyLines())
          .containsExactly(
              "dialStarted 1",
              "rejected 401",
              "retry 1 at once",
              "dialStarted 2",
              "rejected 401",
              "closed REJECTED");
      assertThat(client.stats().rejected()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 407, 429, 500, 503})
  void keepsTokenAfterOtherStatus(int status) throws Exception {
    cloud.faults().onNextConnect(Fault.reject(status));
    try (TunnelClient client = client(Credentials.apiKey(source(Cloud.KEY, Cloud.KEY)))) {
      assertThat(failure(client)).isInstanceOf(TunnelRejectedException.class);
      assertThat(requests).containsExactly(request(false));
      assertThat(answers()).containsExactly(status);
    }
  }

  @Test
  void doesNotRetryFixedToken() throws Exception {
    try (TunnelClient client = client(Credentials.jwt("app1", Jwts.valid("stale")))) {
      assertThat(failure(client)).isInstanceOf(TunnelRejectedException.class);
      assertThat(answers()).containsExactly(401);
    }
  }

  @Test
  void ignoresAuthenticatorOfOkHttpClient() throws Exception {
    CountDownLatch authenticated = new CountDownLatch(1);
    OkHttpClient http =
        new OkHttpClient.Builder()
            .authenticator(
                (route, response) -> {
                  authenticated.countDown();
                  return response.request();
                })
            .build();
    TokenSource source = source("ak_wrong", "ak_wrong");
    try (TunnelClient client = builder(Credentials.apiKey(source)).okHttpClient(http).build()) {
      assertThat(failure(client)).isInstanceOf(TunnelRejectedException.class);
      assertThat(answers()).as("the same token is not sent again at once").containsExactly(401);
      assertThat(authenticated.getCount()).isEqualTo(1);
    }
    http.connectionPool().evictAll();
  }

  @Test
  void failingSourceFailsDial() throws Exception {
    TokenSource source =
        request -> {
          throw new IOException("the vault is sealed");
        };
    try (TunnelClient client = client(Credentials.apiKey(source))) {
      TunnelException failure = failure(client);
      assertThat(failure)
          .hasMessage(
              "cannot open a tunnel to " + Cloud.DEVICE + "/127.0.0.1:80: the vault is sealed");
      assertThat(failure.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
      assertThat(failure.reason().endedBy()).isEqualTo(CloseReason.EndedBy.CLIENT);
      assertThat(failure).hasRootCauseMessage("the vault is sealed");
      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "dialFailed 1", "closed DIAL_FAILED");
    }
    assertThat(cloud.requestCount()).isZero();
  }

  @Test
  void retriesDialIfSourceFails() throws Exception {
    TokenSource source =
        request -> {
          requests.add(request);
          if (requests.size() < 3) {
            throw new IOException("not yet");
          }
          return Cloud.KEY;
        };
    TunnelClient.Builder builder = builder(Credentials.apiKey(source));
    try (TunnelClient client = builder.connectRetry(3, Duration.ofMillis(1)).build()) {
      client.open().close();
      assertThat(requests).containsExactly(request(false), request(false), request(false));
    }
  }

  @Test
  void reportsDefectiveSource() {
    TokenSource broken =
        request -> {
          throw new IllegalStateException("not\nlogged in");
        };
    assertNoToken(
        broken, "the token source failed: java.lang.IllegalStateException: not logged in");
    assertNoToken(request -> null, "the token source returned null");
    assertThat(cloud.requestCount()).isZero();
  }

  private void assertNoToken(TokenSource source, String text) {
    try (TunnelClient client = client(Credentials.apiKey(source))) {
      assertThat(failure(client)).hasMessageContaining(": " + text);
    }
  }

  @Test
  void rejectsInvalidTokenWithoutShowingIt() {
    TokenSource source = source("ak_secret\n", "ak_secret\n");
    try (TunnelClient client = client(Credentials.apiKey(source))) {
      TunnelException failure = failure(client);
      assertThat(failure)
          .hasMessage(
              "cannot open a tunnel to "
                  + Cloud.DEVICE
                  + "/127.0.0.1:80: the access key contains a line break at position 10 of 10;"
                  + " copy it again");
      assertThat(failure.reason().kind()).isEqualTo(CloseReason.Kind.TOKEN_REFUSED);
    }
    assertThat(cloud.requestCount()).isZero();
  }

  /**
   * Returns a source that blocks until the latch opens; an interrupt ends it unless it ignores
   * interrupts.
   */
  private TokenSource blocking(CountDownLatch over, boolean uninterruptible) {
    return request -> {
      requests.add(request);
      while (true) {
        try {
          over.await();
          return Cloud.KEY;
        } catch (InterruptedException e) {
          if (!uninterruptible) {
            throw e;
          }
        }
      }
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connectTimeoutIncludesTokenSource(boolean uninterruptible) {
    CountDownLatch over = new CountDownLatch(1);
    Credentials credentials = Credentials.apiKey(blocking(over, uninterruptible));
    TunnelClient.Builder builder = builder(credentials).connectTimeout(Duration.ofMillis(200));
    try (TunnelClient client = builder.build()) {
      assertThat(failure(client))
          .hasMessageContaining("the token source returned no token within 0.2 s")
          .extracting(e -> e.reason().kind())
          .isEqualTo(CloseReason.Kind.DIAL_FAILED);
    } finally {
      over.countDown();
    }
  }

  @Test
  void limitsCallsThatDoNotReturn() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    TunnelClient.Builder builder = builder(Credentials.apiKey(blocking(over, true)));
    try (TunnelClient hasty = builder.connectTimeout(Duration.ofMillis(20)).build();
        TunnelClient patient = hasty.newBuilder().connectTimeout(Duration.ofMinutes(1)).build()) {
      for (int i = 0; i < 50; i++) {
        assertThat(failure(hasty))
            .hasMessageContaining("the token source returned no token within 0.02 s");
      }
      assertThat(requests).hasSizeLessThanOrEqualTo(8);
      CompletableFuture<TunnelStream> waiting = patient.openAsync();

      over.countDown();

      Await.get(waiting).close();
      patient.open().close();
    } finally {
      over.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closeDoesNotWaitForTokenSource(boolean uninterruptible) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    TunnelClient.Builder builder = builder(Credentials.apiKey(blocking(over, uninterruptible)));
    try (TunnelClient client = builder.connectTimeout(Duration.ofMinutes(5)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(() -> catchThrowable(client::open));
      assertThat(Await.next(requests)).isNotNull();
      assertThat(Await.next(requests)).isNotNull();

      assertThat(client.close(Duration.ZERO).aborted()).isEqualTo(2);

      assertThat(Await.get(failure))
          .isInstanceOfSatisfying(
              TunnelException.class,
              e -> assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.SHUTDOWN));
      assertThatThrownBy(() -> assertThat(local.getInputStream().read()).isEqualTo(-1))
          .isInstanceOf(IOException.class);
      List<String> expected = List.of("dialStarted 1", "dialFailed 1", "closed SHUTDOWN");
      assertThat(log.lines()).containsExactly(expected, expected);
    } finally {
      over.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interruptedDialDoesNotWaitForTokenSource(boolean uninterruptible) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (TunnelClient client = client(Credentials.apiKey(blocking(over, uninterruptible)))) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread dialling =
          new Thread(
              () -> {
                failure.complete(catchThrowable(client::open));
                flag.complete(Thread.interrupted());
              });
      dialling.start();
      assertThat(Await.next(requests)).isNotNull();
      dialling.interrupt();
      assertThat(Await.get(failure))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted while getting the token");
      assertThat(Await.get(flag)).isTrue();
      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "dialFailed 1", "closed LOCAL_CLOSED");
    } finally {
      over.countDown();
    }
  }

  @Test
  void canceledFutureInterruptsTokenSource() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    TokenSource source =
        request -> {
          waiting.countDown();
          try {
            new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            interrupted.complete(false);
          } catch (InterruptedException e) {
            interrupted.complete(true);
          }
          return Cloud.KEY;
        };
    try (TunnelClient client = client(Credentials.apiKey(source))) {
      CompletableFuture<?> opening = client.openAsync();
      Await.reached(waiting);
      opening.cancel(true);
      assertThat(Await.get(interrupted)).isTrue();
    }
    assertThat(cloud.requestCount()).isZero();
  }

  @Test
  void replacesTokensOfConcurrentDials() throws Exception {
    try (TunnelClient client = client(Credentials.apiKey(source("ak_wrong", Cloud.KEY)))) {
      List<CompletableFuture<Void>> opened =
          IntStream.range(0, 50)
              .mapToObj(i -> client.openAsync().thenAccept(stream -> stream.close()))
              .toList();
      Await.get(CompletableFuture.allOf(opened.toArray(CompletableFuture[]::new)));
    }
    assertThat(requests.stream().filter(TokenRequest::forceRefresh)).hasSize(50);
    // A dial that learns of the rejection by another one requests a fresh token without an attempt.
    assertThat(answers().stream().filter(status -> status == 401)).hasSizeBetween(1, 50);
  }
}
