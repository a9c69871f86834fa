package io.github.devicetunnel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.stream.Stream;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the status and the JSON body of rejected upgrades. */
final class RejectionTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final String OTHER = "017b7fddb124724840c1c7b8000000ff";
  private static final String PATH = "/v3/devices/" + DEVICE + "/services/127.0.0.1:80/connection";

  private final OkHttpClient http = new OkHttpClient();
  private TunnelService service;

  @BeforeEach
  void start() throws IOException {
    service =
        TunnelService.builder().apiKey("ak_all").apiKey("ak_other", OTHER).device(DEVICE).build();
    service.start();
  }

  @AfterEach
  void stop() {
    http.connectionPool().evictAll();
    service.close();
  }

  static Stream<Arguments> rejections() {
    return Stream.of(
        Arguments.of("/v3/elsewhere", good(), 404, "not_found", "/v3/elsewhere"),
        Arguments.of(
            PATH.replace(DEVICE, "17"), good(), 400, "validation_error", "{\"name\":\"id\""),
        Arguments.of(
            PATH.replace("127.0.0.1:80", "80"),
            good(),
            400,
            "validation_error",
            "{\"name\":\"address\""),
        Arguments.of(PATH, without("Authorization"), 401, "unauthorized", "is missing"),
        Arguments.of(PATH, with("Authorization", "ak_all"), 401, "unauthorized", "no bearer token"),
        Arguments.of(
            PATH, with("Authorization", "Bearer ak_no"), 401, "unauthorized", "is not known"),
        Arguments.of(
            PATH, with("Authorization", "Bearer ak_other"), 403, "forbidden", "has no access"),
        Arguments.of(PATH, without("Upgrade"), 400, "validation_error", "{\"name\":\"Upgrade\""),
        Arguments.of(
            PATH, with("Connection", "close"), 400, "validation_error", "{\"name\":\"Connection\""),
        Arguments.of(
            PATH, with("Sec-WebSocket-Version", "8"), 400, "validation_error", "must be 13"),
        Arguments.of(
            PATH, with("Sec-WebSocket-Key", "short"), 400, "validation_error", "must be 16 bytes"),
        Arguments.of(
            PATH.replace(DEVICE, OTHER), good(), 404, "not_found", "not known or not connected"),
        // No server listens on port 1 of the loopback interface.
        Arguments.of(
            PATH.replace(":80", ":1"), good(), 404, "not_found", "The service does not answer"));
  }

  @ParameterizedTest
  @MethodSource("rejections")
  void answersWithStatusAndJson(String path, Headers headers, int status, String type, String text)
      throws IOException {
    Request request =
        new Request.Builder()
            .url(service.uri().replace("ws:", "http:") + path)
            .headers(headers)
            .build();
    try (Response response = http.newCall(request).execute()) {
      assertThat(response.code()).isEqualTo(status);
      assertThat(response.header("Content-Type")).isEqualTo("application/json");
      assertThat(response.body().string())
          .contains("\"object\":\"error\"")
          .contains("\"code\":" + status)
          .contains("\"type\":\"" + type + "\"")
          .containsPattern("\"request_id\":\"[0-9a-f]{32}\"")
          .contains(text);
    }
    assertThat(service.requestCount()).isEqualTo(1);
  }

  private static Headers good() {
    return new Headers.Builder()
        .add("Authorization", "Bearer ak_all")
        .add("Connection", "Upgrade")
        .add("Upgrade", "websocket")
        .add("Sec-WebSocket-Version", "13")
        .add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .build();
  }

  private static Headers with(String name, String value) {
    return good().newBuilder().set(name, value).build();
  }

  private static Headers without(String name) {
    return good().newBuilder().removeAll(name).build();
  }

  @Test
  @SuppressWarnings("BanSerializableRead") // reads only bytes that it has written
  void exceptionSurvivesSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(RejectedException.forbidden("not yours"));
    }
    RejectedException copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (RejectedException) in.readObject();
    }
    assertThat(copy).hasMessage("not yours");
    assertThat(copy.rejection().status()).isEqualTo(403);
    assertThat(copy.rejection())
        .hasToString(RejectedException.forbidden("not yours").rejection().toString());
  }
}
