package io.github.devicetunnel.directory;

import static io.github.devicetunnel.directory.DirectoryServer.device;
import static io.github.devicetunnel.directory.DirectoryServer.id;
import static io.github.devicetunnel.directory.DirectoryServer.json;
import static io.github.devicetunnel.directory.DirectoryServer.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TunnelClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads directories that reject requests, send invalid answers, or would never end. */
class DirectoryFaultTest {
  private DirectoryServer server;
  private TunnelClient client;
  private DeviceDirectory directory;

  @BeforeEach
  void start() throws IOException {
    server = new DirectoryServer();
    client = server.client().build();
    directory = DeviceDirectory.of(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private void use(TunnelClient.Builder builder) {
    client.close();
    client = builder.build();
    directory = DeviceDirectory.of(client);
  }

  private DirectoryException findFails() {
    return catchThrowableOfType(DirectoryException.class, () -> directory.find("turbine-7"));
  }

  private DirectoryException listFails() {
    UncheckedIOException e =
        catchThrowableOfType(
            UncheckedIOException.class, () -> directory.list(DeviceQuery.all()).count());
    assertThat(e).hasCauseInstanceOf(DirectoryException.class);
    return (DirectoryException) e.getCause();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | check the filters | false",
        "401 | check the access key | false",
        "403 | the access key has no right to read devices: grant the right, or use device IDs or"
            + " names of the address book | false",
        "404 | this cloud has no device directory; check the cloud URI | false",
        "500 | the device directory is not available; wait before the next attempt | true",
      })
  void describesRejection(int status, String advice, boolean retryable) {
    server.reject(status, "some_type");
    DirectoryException e = findFails();
    assertThat(e)
        .hasMessage(
            "the cloud rejected the request for the device \"turbine-7\": "
                + status
                + " some_type; "
                + advice
                + " (request r7)");
    assertThat(e.statusCode()).isEqualTo(status);
    assertThat(e.errorType()).isEqualTo("some_type");
    assertThat(e.requestId()).isEqualTo("r7");
    assertThat(e.isRetryable()).isEqualTo(retryable);
    assertThat(e.retryAfter()).isNull();
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void reportsRetryAfter() {
    server.answer(
        url ->
            json("{\"object\":\"error\",\"type\":\"too_many\"}")
                .newBuilder()
                .code(429)
                .setHeader("Retry-After", "17")
                .build());
    DirectoryException e = listFails();
    assertThat(e)
        .hasMessage(
            "the cloud rejected the request for the devices: 429 too_many; too many requests; wait"
                + " 17 s");
    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(17));
    assertThat(e.isRetryable()).isTrue();
  }

  @Test
  void describesErrorPageOfLoadBalancer() {
    server.answer(
        url ->
            new MockResponse.Builder()
                .code(503)
                .setHeader("Server", "nginx")
                .setHeader("Content-Type", "text/html")
                .body("<html><title>503 Service Unavailable</title></html>")
                .build());
    assertThat(findFails())
        .hasMessage(
            "the cloud rejected the request for the device \"turbine-7\": 503, Service Unavailable;"
                + " probably sent by nginx in front of the cloud: it could not reach the cloud; wait"
                + " before the next attempt");
  }

  @Test
  void reportsRedirect() {
    server.answer(
        url ->
            new MockResponse.Builder().code(302).setHeader("Location", "https://login/").build());
    assertThat(findFails())
        .hasMessageContaining("302, it redirects to https://login/; redirects are not followed;");
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "", "plain text", "[]", "7", "\u0000\u0001"})
  void reportsAnswerThatIsNotJsonObject(String body) {
    server.answer(
        url ->
            new MockResponse.Builder()
                .setHeader("Server", "portal")
                .setHeader("Content-Type", "text/html")
                .body(body)
                .build());
    DirectoryException e = listFails();
    assertThat(e)
        .hasMessage(
            "the answer to the request for the devices is not a JSON object (text/html), probably"
                + " sent by portal in front of the cloud; check the cloud URI");
    assertThat(e.statusCode()).isEqualTo(200);
    assertThat(e.isRetryable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"data\":7}", "{\"object\":\"error\"}"})
  void reportsObjectThatIsNotPage(String body) {
    server.answer(body);
    assertThat(listFails()).hasMessageContaining("is without the field data (application/json)");
  }

  @Test
  void reportsInvalidJson() {
    server.answer("{\"data\":[{\"id\":nonsense\u0007}]}");
    assertThat(listFails())
        .hasMessageContaining("is not valid JSON: ")
        .hasMessageContaining("; check the cloud URI")
        .hasMessageNotContaining("\u0007");
  }

  @Test
  void reportsTruncatedJson() {
    server.answer("{\"data\":[" + device(1, "a") + ",{\"id\":");
    DirectoryException e = listFails();
    assertThat(e).hasMessageContaining("ends before it is complete; check the proxies");
    assertThat(e.isRetryable()).isTrue();
  }

  @Test
  void reportsLostConnection() {
    server.answer(
        url ->
            json(page(false, device(1, "x".repeat(100_000))))
                .newBuilder()
                .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
                .build());
    DirectoryException e = listFails();
    assertThat(e).hasMessageContaining("was cut off: ");
    assertThat(e.isRetryable()).isTrue();
  }

  @Test
  void reportsCloudThatCannotBeReached() {
    use(server.client().cloudUri("ws://127.0.0.1:1"));
    DirectoryException e = findFails();
    assertThat(e)
        .hasMessageStartingWith(
            "the request for the device \"turbine-7\" failed: the cloud ws://127.0.0.1:1/ could not"
                + " be reached: ")
        .hasMessageContaining("check the host and port of the cloud URI");
    assertThat(e.statusCode()).isZero();
    assertThat(e.isRetryable()).isTrue();
  }

  @Test
  void timesOutOnSlowPage() {
    use(server.client().connectTimeout(Duration.ofSeconds(2)));
    server.answer(
        url ->
            json(page(false, device(1, "a")))
                .newBuilder()
                .throttleBody(10, 1, TimeUnit.DAYS)
                .build());
    DirectoryException e = listFails();
    assertThat(e)
        .hasMessage(
            "the answer to the request for the devices stopped for longer than the connect"
                + " timeout; check the network, proxies and load balancers");
    assertThat(e.isRetryable()).isTrue();
  }

  @Test
  void limitsLengthOfPage() {
    String text = "x".repeat(1 << 20);
    server.answer("{\"data\":[" + ("\"" + text + "\",").repeat(17) + "7]}");
    assertThat(listFails())
        .hasMessage(
            "the answer to the request for the devices is longer than 16 MiB; report it to"
                + " the operators of the cloud");
  }

  @Test
  void endsIfServerIgnoresPosition() {
    server.answer(page(true, device(1, "a"), device(2, "b")));
    assertThat(listFails())
        .hasMessage(
            "the answer to the request for the devices repeats the device "
                + id(1)
                + " on page 2; report it to the operators of the cloud");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void endsIfPagesFormCycle() {
    server.answer(
        url -> {
          String after = url.queryParameter("after");
          int next = after == null ? 0 : (Integer.parseInt(after.substring(8), 16) + 1) % 4;
          return json(page(true, device(next, "a")));
        });
    assertThat(listFails()).hasMessageContaining("repeats the device " + id(0) + " on page 5");
  }

  @Test
  void endsIfPageRepeatsDeviceOfPageBefore() {
    server.answer(
        url ->
            json(
                url.queryParameter("after") == null
                    ? page(true, device(1, "a"), device(2, "b"))
                    : page(false, device(3, "c"), device(1, "a"))));
    assertThat(listFails()).hasMessageContaining("repeats the device " + id(1) + " on page 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"id\":\"short\"}"})
  void endsIfPageAnnouncesMoreWithoutDevices(String devices) {
    server.answer("{\"data\":[" + devices + "],\"has_more\":true}");
    assertThat(listFails())
        .hasMessage(
            "the answer to the request for the devices has more pages, but page 1 contains"
                + " no valid device; report it to the operators of the cloud");
  }

  /** Without a network, because a server needs minutes for so many requests. */
  @Test
  void endsAfterMaximumNumberOfPages() {
    AtomicInteger requests = new AtomicInteger();
    OkHttpClient endless =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain ->
                    new Response.Builder()
                        .request(chain.request())
                        .protocol(Protocol.HTTP_1_1)
                        .code(200)
                        .message("OK")
                        .body(
                            ResponseBody.create(
                                page(true, device(requests.getAndIncrement(), "a")), null))
                        .build())
            .build();
    DeviceListing listing =
        new DeviceListing(
            new DirectoryRequests(endless, HttpUrl.get("http://127.0.0.1/")), DeviceQuery.all());

    assertThatThrownBy(
            () -> {
              while (listing.next() != null) {}
            })
        .isInstanceOf(DirectoryException.class)
        .hasMessage(
            "the answer to the request for the devices does not end after 10000 pages; report it to"
                + " the operators of the cloud");
    assertThat(requests).hasValue(10_000);
  }

  @Test
  void followsClientThatIsClosed() {
    client.close();
    assertThatIllegalStateException().isThrownBy(() -> directory.find("turbine-7"));
    assertThatIllegalStateException().isThrownBy(() -> DeviceDirectory.of(client));
  }

  @Test
  void showsNoSecret() {
    server.answer(
        url ->
            new MockResponse.Builder()
                .code(400)
                .setHeader("Content-Type", "application/json")
                .body("{\"object\":\"error\",\"message\":\"bad key " + DirectoryServer.KEY + "\"}")
                .build());
    assertThat(findFails()).hasMessageContaining("bad key ***").hasMessageNotContaining("5ecret");
    assertThat(directory).hasToString("DeviceDirectory[" + client.cloudUri() + "]");
  }
}
