package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Authenticator;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the upgrade request and the handling of answers that reject it. */
class UpgradeRequestTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String TARGET = DEVICE + "/[::1]:80";

  private final MockWebServer cloud = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    cloud.start();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private TunnelClient.Builder client() {
    return TunnelClient.builder()
        .cloudUri(cloud.url("/edge").toString())
        .credentials(Credentials.apiKey("ak_1"))
        .deviceId(DEVICE)
        .serviceAddress("[::1]:80");
  }

  private static TunnelRejectedException rejected(TunnelClient.Builder builder) {
    try (TunnelClient client = builder.build()) {
      return catchThrowableOfType(TunnelRejectedException.class, client::open);
    }
  }

  private RecordedRequest request() throws InterruptedException {
    RecordedRequest request = cloud.takeRequest(60, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  @Test
  void sendsUpgradeWithoutExtensionsAndSubprotocols() throws Exception {
    cloud.enqueue(new MockResponse.Builder().code(404).build());
    rejected(client());
    RecordedRequest request = request();
    assertThat(request.getRequestLine())
        .isEqualTo("GET /edge/v3/devices/" + DEVICE + "/services/%5B::1%5D:80/connection HTTP/1.1");
    assertThat(request.getHeaders().get("Upgrade")).isEqualTo("websocket");
    assertThat(request.getHeaders().values("Connection")).containsExactly("Upgrade");
    assertThat(request.getHeaders().get("Sec-WebSocket-Version")).isEqualTo("13");
    assertThat(request.getHeaders().get("Sec-WebSocket-Key")).hasSize(24);
    assertThat(request.getHeaders().get("Sec-WebSocket-Extensions")).isNull();
    assertThat(request.getHeaders().get("Sec-WebSocket-Protocol")).isNull();
  }

  @Test
  void sendsConfiguredHeaders() throws Exception {
    cloud.enqueue(new MockResponse.Builder().code(404).build());
    try (TunnelClient client =
        client()
            .header("X-Route", "a b")
            .header("x-route", "c")
            .header("User-Agent", "u")
            .build()) {
      rejected(client.newBuilder().header("X-More", ""));
    }
    RecordedRequest request = request();
    assertThat(request.getHeaders().values("X-Route")).containsExactly("a b", "c");
    assertThat(request.getHeaders().values("User-Agent")).containsExactly("u");
    assertThat(request.getHeaders().values("X-More")).containsExactly("");
    assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer ak_1");
  }

  @Test
  void sendsAccessKeyWithoutApplicationId() throws Exception {
    cloud.enqueue(new MockResponse.Builder().code(404).build());
    rejected(client());
    RecordedRequest request = request();
    assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer ak_1");
    assertThat(request.getHeaders().get("X-Application-ID")).isNull();
  }

  @Test
  void sendsJwtWithApplicationId() throws Exception {
    cloud.enqueue(new MockResponse.Builder().code(404).build());
    String token = Jwt.of("{\"exp\":99999999999}");
    rejected(client().credentials(Credentials.jwt("app1", token)));
    RecordedRequest request = request();
    assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer " + token);
    assertThat(request.getHeaders().values("X-Application-ID")).containsExactly("app1");
  }

  @Test
  void usesHttp1IfServerOffersHttp2() throws Exception {
    HeldCertificate held =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    HandshakeCertificates server =
        new HandshakeCertificates.Builder().heldCertificate(held).build();
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder().addTrustedCertificate(held.certificate()).build();
    OkHttpClient trusting =
        new OkHttpClient.Builder()
            .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
            .build();
    try (MockWebServer secure = new MockWebServer()) {
      secure.useHttps(server.sslSocketFactory());
      secure.setProtocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
      secure.enqueue(new MockResponse.Builder().code(404).build());
      secure.start();
      String uri = "wss://localhost:" + secure.getPort();
      assertThat(rejected(client().cloudUri(uri).okHttpClient(trusting)).statusCode())
          .isEqualTo(404);
      RecordedRequest request = secure.takeRequest(60, TimeUnit.SECONDS);
      assertThat(request).isNotNull();
      assertThat(request.getRequestLine()).endsWith(" HTTP/1.1");
    }
    trusting.connectionPool().evictAll();
  }

  @Test
  void exposesErrorFieldsOfRejection() {
    cloud.enqueue(
        new MockResponse.Builder()
            .code(404)
            .setHeader("Content-Type", "application/json")
            .body(
                "{\"object\":\"error\",\"code\":404,\"type\":\"not_found\","
                    + "\"message\":\"no such device\",\"request_id\":\"77\"}")
            .build());
    TunnelRejectedException e = rejected(client());
    assertThat(e.statusCode()).isEqualTo(404);
    assertThat(e.errorType()).isEqualTo("not_found");
    assertThat(e.serviceMessage()).isEqualTo("no such device");
    assertThat(e.requestId()).isEqualTo("77");
    assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.REJECTED);
    assertThat(e)
        .hasMessage(
            "the cloud rejected the tunnel to "
                + TARGET
                + ": 404 not_found, no such device; check the device ID, whether the gateway is"
                + " online, and whether the service listens on it (request 77)");
  }

  /** By default, OkHttp follows redirects, calls an authenticator, and retries 408 and 503. */
  @ParameterizedTest
  @ValueSource(ints = {200, 301, 302, 307, 308, 400, 401, 403, 404, 408, 421, 429, 500, 502, 503})
  void sendsOneRequestForEveryStatus(int status) {
    for (int i = 0; i < 2; i++) {
      cloud.enqueue(
          new MockResponse.Builder()
              .code(status)
              .setHeader("Retry-After", "0")
              .setHeader("Location", "/elsewhere")
              .build());
    }
    Authenticator eager =
        (route, response) -> response.request().newBuilder().header("Authorization", "x").build();
    OkHttpClient client = new OkHttpClient.Builder().authenticator(eager).build();
    assertThat(rejected(client().okHttpClient(client)).statusCode()).isEqualTo(status);
    assertThat(cloud.getRequestCount()).isEqualTo(1);
  }

  @Test
  void reportsRedirectLocation() {
    cloud.enqueue(
        new MockResponse.Builder().code(302).setHeader("Location", "https://login/").build());
    assertThat(rejected(client()))
        .hasMessageContaining("302, it redirects to https://login/; redirects are not followed");
  }

  @Test
  void reportsStatusOfSlowBody() {
    cloud.enqueue(
        new MockResponse.Builder()
            .code(403)
            .body("x".repeat(100_000))
            .throttleBody(100, 1, TimeUnit.SECONDS)
            .build());
    assertThat(rejected(client().connectTimeout(Duration.ofSeconds(2))).statusCode())
        .isEqualTo(403);
  }

  @Test
  void reportsDialPhaseWhenCloudIsUnreachable() throws IOException {
    String uri = "ws://127.0.0.1:" + unusedPort();
    try (TunnelClient client = client().cloudUri(uri).build()) {
      assertThatThrownBy(client::open)
          .isInstanceOf(TunnelException.class)
          .hasMessageContaining("the cloud " + uri + "/ could not be reached: ")
          .hasMessageContaining("while connecting to 127.0.0.1:");
    }
  }

  @Test
  void timesOutWhenNameServerDoesNotAnswer() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    Dns stuck =
        host -> {
          awaitQuietly(release);
          throw new UnknownHostException(host);
        };
    TunnelClient.Builder builder =
        client()
            .cloudUri("ws://cloud.localhost")
            .okHttpClient(new OkHttpClient.Builder().dns(stuck).build())
            .connectTimeout(Duration.ofMillis(300));
    try (TunnelClient client = builder.build()) {
      assertThatThrownBy(client::open)
          .isInstanceOf(TunnelException.class)
          .hasMessageContaining("no answer within 0.3 s, while resolving cloud.localhost");
    } finally {
      release.countDown();
    }
  }

  @Test
  void limitsLookupsThatDoNotReturn() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    Dns stuck =
        host -> {
          lookups.incrementAndGet();
          awaitUninterruptibly(release);
          return Dns.SYSTEM.lookup("127.0.0.1");
        };
    TunnelClient.Builder builder =
        client()
            .cloudUri("ws://cloud.localhost:" + cloud.getPort())
            .okHttpClient(new OkHttpClient.Builder().dns(stuck).build())
            .maxBackoff(Duration.ZERO);
    try (TunnelClient hasty = builder.connectTimeout(Duration.ofMillis(20)).build();
        TunnelClient patient = hasty.newBuilder().connectTimeout(Duration.ofMinutes(1)).build()) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(hasty::open)
            .hasMessageContaining("no answer within 0.02 s, while resolving cloud.localhost");
      }
      assertThat(lookups).hasValueLessThanOrEqualTo(4);

      release.countDown();

      cloud.enqueue(new MockResponse.Builder().code(503).build());
      assertThatThrownBy(patient::open).isInstanceOf(TunnelRejectedException.class);
    } finally {
      release.countDown();
    }
  }

  @Test
  void reportsErrorOfDns() {
    Dns broken =
        host -> {
          throw new StackOverflowError();
        };
    TunnelClient.Builder builder =
        client()
            .cloudUri("ws://cloud.localhost")
            .okHttpClient(new OkHttpClient.Builder().dns(broken).build())
            .connectTimeout(Duration.ofSeconds(30));
    try (TunnelClient client = builder.build()) {
      assertThatThrownBy(client::open)
          .isInstanceOf(TunnelException.class)
          .hasMessageContaining("java.lang.StackOverflowError");
    }
  }

  /** Kotlin declares no exceptions, so an interceptor of the application can throw any. */
  @Test
  void reportsUndeclaredExceptionOfInterceptor() throws Exception {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  UpgradeRequestTest.<RuntimeException>throwUndeclared(new Exception("no lease"));
                  return chain.proceed(chain.request());
                })
            .build();
    try (TunnelClient client = client().okHttpClient(http).build()) {
      assertThatThrownBy(client::open)
          .isInstanceOf(TunnelException.class)
          .hasMessageContaining("an interceptor failed: java.lang.Exception: no lease");
      assertThat(catchThrowable(() -> client.openAsync().get(60, TimeUnit.SECONDS)))
          .hasCauseInstanceOf(TunnelException.class);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void throwUndeclared(Exception e) throws E {
    throw (E) e;
  }

  @Test
  void closingClientAbortsDial() throws Exception {
    CountDownLatch lookupStarted = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Dns stuck =
        host -> {
          lookupStarted.countDown();
          awaitQuietly(release);
          throw new UnknownHostException(host);
        };
    TunnelClient client =
        client()
            .cloudUri("ws://cloud.localhost")
            .okHttpClient(new OkHttpClient.Builder().dns(stuck).build())
            .build();
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> catchThrowable(client::open));
    assertThat(lookupStarted.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(client.close(Duration.ZERO)).isEqualTo(new DrainReport(0, 1, 0));
    assertThat(failure.get(60, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            TunnelException.class,
            e -> assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.SHUTDOWN));
    release.countDown();
  }

  @Test
  void retriesUntilCloudAnswers() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    Dns late =
        host -> {
          if (lookups.incrementAndGet() < 3) {
            throw new UnknownHostException(host);
          }
          return Dns.SYSTEM.lookup("127.0.0.1");
        };
    cloud.enqueue(new MockResponse.Builder().code(503).build());
    TunnelRejectedException e =
        rejected(
            client()
                .cloudUri("ws://cloud.localhost:" + cloud.getPort())
                .okHttpClient(new OkHttpClient.Builder().dns(late).build())
                .connectRetry(5, Duration.ofMillis(1)));
    assertThat(e.statusCode()).isEqualTo(503);
    assertThat(lookups).hasValue(3);
    assertThat(cloud.getRequestCount()).isEqualTo(1);
  }

  @Test
  void stopsAfterConfiguredAttempts() {
    AtomicInteger lookups = new AtomicInteger();
    Dns never =
        host -> {
          lookups.incrementAndGet();
          throw new UnknownHostException(host + " is unknown");
        };
    TunnelClient.Builder builder =
        client()
            .cloudUri("ws://cloud.localhost")
            .okHttpClient(new OkHttpClient.Builder().dns(never).build())
            .connectRetry(3, Duration.ofMillis(1));
    try (TunnelClient client = builder.build()) {
      assertThatThrownBy(client::open).hasMessageContaining("cloud.localhost is unknown");
    }
    assertThat(lookups).hasValue(3);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        return;
      } catch (InterruptedException e) {
        // like the resolver of the system
      }
    }
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
