package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks requests to the REST API of the cloud with the connections of a client. */
class CallFactoryTest {
  private static final String KEY = "ak_5ecret";

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
        .credentials(Credentials.apiKey(KEY));
  }

  private void answer(int status, String body) {
    cloud.enqueue(new MockResponse.Builder().code(status).body(body).build());
  }

  private static Response get(TunnelClient client, HttpUrl url) throws IOException {
    return client.callFactory().newCall(new Request.Builder().url(url).build()).execute();
  }

  private String text(TunnelClient client) throws IOException {
    try (Response response = get(client, cloud.url("/edge/v3/devices/"))) {
      return response.code() + " " + response.body().string();
    }
  }

  private RecordedRequest request() throws InterruptedException {
    RecordedRequest request = cloud.takeRequest(60, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  @Test
  void sendsRequestWithAccessKeyAndHeaders() throws Exception {
    answer(200, "{}");
    try (TunnelClient client =
        client().header("X-Route", "a").header("X-Route", "b").subprotocol("binary").build()) {
      assertThat(text(client)).isEqualTo("200 {}");
    }
    RecordedRequest request = request();
    assertThat(request.getRequestLine()).isEqualTo("GET /edge/v3/devices/ HTTP/1.1");
    assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer " + KEY);
    assertThat(request.getHeaders().values("X-Route")).containsExactly("a", "b");
    assertThat(request.getHeaders().get("User-Agent")).contains("device-tunnel");
    assertThat(request.getHeaders().get("Upgrade")).isNull();
    assertThat(request.getHeaders().get("Sec-WebSocket-Protocol")).isNull();
  }

  @Test
  void keepsOneConnectionForSequenceOfRequests() throws Exception {
    try (TunnelClient client = client().build()) {
      for (int i = 0; i < 3; i++) {
        answer(200, "{}");
        assertThat(text(client)).isEqualTo("200 {}");
        assertThat(request().getConnectionIndex()).isZero();
      }
    }
  }

  @Test
  void usesTrustOfClientAndHttp1() throws Exception {
    HeldCertificate held =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    HandshakeCertificates server =
        new HandshakeCertificates.Builder().heldCertificate(held).build();
    try (MockWebServer secure = new MockWebServer()) {
      secure.useHttps(server.sslSocketFactory());
      secure.setProtocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
      secure.start();
      TunnelClient.Builder builder = client().cloudUri("wss://localhost:" + secure.getPort());
      HttpUrl url = secure.url("/v3/devices/").newBuilder().host("localhost").build();
      secure.enqueue(new MockResponse.Builder().body("{}").build());
      try (TunnelClient trusting =
          builder.tls(TlsSettings.builder().trustOnly(held.certificatePem()).build()).build()) {
        try (Response response = get(trusting, url)) {
          assertThat(response.protocol()).isEqualTo(Protocol.HTTP_1_1);
          assertThat(response.body().string()).isEqualTo("{}");
        }
      }
      try (TunnelClient careful = builder.tls(TlsSettings.builder().build()).build()) {
        assertThatThrownBy(() -> get(careful, url))
            .isInstanceOfSatisfying(
                TunnelException.class, e -> assertThat(e.isRetryable()).isFalse())
            .hasMessageContaining("could not be reached: ")
            .hasMessageContaining("certificate");
      }
    }
  }

  @Test
  void usesProxyWithPassword() throws Exception {
    answer(200, "{}");
    try (ConnectProxy proxy = new ConnectProxy("user", "pa55");
        TunnelClient client =
            client()
                .proxy(ProxySettings.parse("http://user:pa55@127.0.0.1:" + proxy.port()))
                .build()) {
      assertThat(text(client)).isEqualTo("200 {}");
      assertThat(proxy.targets()).contains("localhost:" + cloud.getPort());
    }
    assertThat(request().getHeaders().get("Proxy-Authorization")).isNull();
  }

  @Test
  void requestsTokenWithoutTarget() throws Exception {
    answer(401, "");
    answer(200, "{}");
    Queue<TokenRequest> requests = new ConcurrentLinkedQueue<>();
    TokenSource source =
        request -> {
          requests.add(request);
          return KEY + requests.size();
        };
    try (TunnelClient client = client().credentials(Credentials.apiKey(source)).build()) {
      assertThat(text(client)).isEqualTo("200 {}");
    }
    assertThat(requests)
        .containsExactly(new TokenRequest(null, false), new TokenRequest(null, true));
    assertThat(request().getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY + "1");
    assertThat(request().getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY + "2");
  }

  @Test
  void reportsFailureOfTokenSource() {
    TokenSource source =
        request -> {
          throw new IOException("the vault is sealed");
        };
    try (TunnelClient client = client().credentials(Credentials.apiKey(source)).build()) {
      assertThatThrownBy(() -> text(client))
          .isInstanceOf(TunnelException.class)
          .hasMessage("cannot send a request to " + cloud.url("/edge") + ": the vault is sealed");
    }
    assertThat(cloud.getRequestCount()).isZero();
  }

  @Test
  void limitsTimeOfTokenSource() {
    TokenSource source =
        request -> {
          new CountDownLatch(1).await();
          return KEY;
        };
    try (TunnelClient client =
        client()
            .credentials(Credentials.apiKey(source))
            .connectTimeout(Duration.ofMillis(100))
            .build()) {
      assertThatThrownBy(() -> text(client))
          .hasMessageContaining("the token source returned no token within ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://localhost", "http://127.0.0.1", "http://localhost.localdomain"})
  void rejectsForeignUrl(String origin) {
    try (TunnelClient client = client().build()) {
      Call.Factory calls = client.callFactory();
      HttpUrl url = HttpUrl.get(origin + ":" + cloud.getPort() + "/v3/devices/");
      Request request = new Request.Builder().url(url).build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> calls.newCall(request))
          .withMessageContaining("must begin with " + cloud.url("/"))
          .withMessageContaining("but is " + origin);
    }
  }

  /** The cloud of the client, but another port. */
  @Test
  void rejectsForeignPort() {
    try (TunnelClient client = client().build()) {
      Request request = new Request.Builder().url("http://localhost:1/").build();
      assertThatIllegalArgumentException().isThrownBy(() -> client.callFactory().newCall(request));
    }
  }

  @Test
  void rejectsClientWithJwt() {
    try (TunnelClient client =
        client().credentials(Credentials.jwt("app1", Jwt.of("{\"exp\":99999999999}"))).build()) {
      assertThatIllegalStateException()
          .isThrownBy(client::callFactory)
          .withMessage(
              "the device directory requires an access key; this TunnelClient has a token of the"
                  + " application app1; use a client with Credentials.apiKey(...)");
    }
  }

  /** OkHttp would follow redirects, call the authenticator, and change the host. */
  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308, 401, 403, 404, 429, 500})
  void passesOnErrorsWithoutFurtherRequest(int status) throws Exception {
    for (int i = 0; i < 2; i++) {
      cloud.enqueue(
          new MockResponse.Builder()
              .code(status)
              .setHeader("Location", "/elsewhere")
              .body("why")
              .build());
    }
    Authenticator eager =
        (route, response) -> response.request().newBuilder().header("Authorization", "x").build();
    OkHttpClient http = new OkHttpClient.Builder().authenticator(eager).build();
    try (TunnelClient client = client().okHttpClient(http).build()) {
      assertThat(text(client)).isEqualTo(status + " why");
    }
    assertThat(cloud.getRequestCount()).isEqualTo(1);
  }

  @Test
  void hidesSecretFromInterceptorsAndErrors() throws Exception {
    cloud.enqueue(
        new MockResponse.Builder()
            .code(400)
            .setHeader("Location", "/?" + KEY)
            .body("you sent " + KEY)
            .build());
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Interceptor curious =
        chain -> {
          seen.add(chain.request() + "" + chain.request().headers());
          Response response = chain.proceed(chain.request());
          seen.add(response.request() + "" + response.request().headers());
          Response network = response.networkResponse();
          if (network != null) {
            seen.add(network.request() + "" + network.request().headers());
          }
          return response;
        };
    OkHttpClient http =
        new OkHttpClient.Builder().addInterceptor(curious).addNetworkInterceptor(curious).build();
    try (TunnelClient client = client().okHttpClient(http).build();
        Response response = get(client, cloud.url("/edge/v3/devices/"))) {
      assertThat(response.body().string()).isEqualTo("you sent ***");
      assertThat(response.header("Location")).isNull();
      seen.add(response.toString());
      seen.add(response.request().headers().toString());
    }
    assertThat(request().getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY);
    assertThat(seen).hasSizeGreaterThan(5).noneMatch(text -> text.contains("5ecret"));
  }

  @Test
  void sendsNoCredentialToHostOfInterceptor() throws Exception {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  HttpUrl other = chain.request().url().newBuilder().host("127.0.0.1").build();
                  return chain.proceed(chain.request().newBuilder().url(other).build());
                })
            .build();
    try (TunnelClient client = client().okHttpClient(http).build()) {
      assertThatThrownBy(() -> text(client))
          .hasMessageContaining("an interceptor changed the host of a request with a credential");
    }
    assertThat(cloud.getRequestCount()).isZero();
  }

  @Test
  void limitsErrorToItsBeginning() throws Exception {
    answer(500, "x".repeat(100_000));
    try (TunnelClient client = client().build()) {
      assertThat(text(client)).hasSize("500 ".length() + (16 << 10));
    }
  }

  @Test
  void timesOutWithoutAnswer() throws Exception {
    cloud.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    try (TunnelClient client = client().connectTimeout(Duration.ofSeconds(3)).build()) {
      assertThatThrownBy(() -> text(client))
          .isInstanceOfSatisfying(TunnelException.class, e -> assertThat(e.isRetryable()).isTrue())
          .hasMessageContaining("no answer within 3 s, while waiting for the answer");
    }
  }

  @Test
  void timesOutWhenNameServerDoesNotAnswer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Dns stuck =
        host -> {
          awaitQuietly(release);
          throw new UnknownHostException(host);
        };
    try (TunnelClient client =
        client()
            .cloudUri("ws://cloud.localhost")
            .okHttpClient(new OkHttpClient.Builder().dns(stuck).build())
            .connectTimeout(Duration.ofSeconds(2))
            .build()) {
      assertThatThrownBy(() -> get(client, HttpUrl.get("http://cloud.localhost/v3/devices/")))
          .hasMessageContaining("no answer within 2 s, while resolving cloud.localhost");
    } finally {
      release.countDown();
    }
  }

  @Test
  void limitsPausesOfBodyOnly() throws Exception {
    cloud.enqueue(
        new MockResponse.Builder()
            .body("x".repeat(6))
            .throttleBody(1, 500, TimeUnit.MILLISECONDS)
            .build());
    cloud.enqueue(new MockResponse.Builder().body("xx").throttleBody(1, 1, TimeUnit.DAYS).build());
    try (TunnelClient client = client().connectTimeout(Duration.ofSeconds(2)).build()) {
      assertThat(text(client)).isEqualTo("200 xxxxxx");
      assertThatThrownBy(() -> text(client)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void closingClientCancelsCall() throws Exception {
    cloud.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    TunnelClient client = client().build();
    Call.Factory calls = client.callFactory();
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> text(client)));
    request();

    client.close(Duration.ZERO);

    assertThat(failure.get(60, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessage("the request was cancelled because its TunnelClient was closed");
    assertThatIllegalStateException()
        .isThrownBy(client::callFactory)
        .withMessage("this TunnelClient is closed");
    Request late = new Request.Builder().url(cloud.url("/")).build();
    assertThatIllegalStateException().isThrownBy(() -> calls.newCall(late));
  }

  @Test
  void cancelledCallEndsWaitForToken() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    TokenSource source =
        request -> {
          asked.countDown();
          try {
            new CountDownLatch(1).await();
            return KEY;
          } finally {
            interrupted.countDown();
          }
        };
    try (TunnelClient client = client().credentials(Credentials.apiKey(source)).build()) {
      Request request = new Request.Builder().url(cloud.url("/")).build();
      Call call = client.callFactory().newCall(request);
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(() -> catchThrowable(call::execute));
      assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

      call.cancel();

      assertThat(failure.get(60, TimeUnit.SECONDS)).hasMessage("Canceled");
      assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void interruptEndsWaitForToken() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TokenSource source =
        request -> {
          asked.countDown();
          new CountDownLatch(1).await();
          return KEY;
        };
    try (TunnelClient client = client().credentials(Credentials.apiKey(source)).build()) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread caller =
          new Thread(() -> failure.complete(catchThrowable(() -> text(client))), "test-caller");
      caller.start();
      assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

      caller.interrupt();

      assertThat(failure.get(60, TimeUnit.SECONDS))
          .isExactlyInstanceOf(InterruptedIOException.class);
      caller.join();
    }
  }

  @Test
  void closedClientKeepsNoConnection() throws Exception {
    answer(200, "{}");
    CountDownLatch closed = new CountDownLatch(1);
    AtomicInteger open = new AtomicInteger();
    OkHttpClient http =
        new OkHttpClient.Builder().socketFactory(new CountingSocketFactory(open, closed)).build();
    TunnelClient client = client().okHttpClient(http).build();
    try (Response response = get(client, cloud.url("/edge/v3/devices/"))) {
      assertThat(open).hasValue(1);
      client.close(Duration.ZERO); // while the body is unread
      assertThat(response.code()).isEqualTo(200);
    }
    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
