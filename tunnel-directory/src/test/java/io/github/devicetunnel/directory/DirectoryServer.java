package io.github.devicetunnel.directory;

import static java.util.Objects.requireNonNullElse;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.IntFunction;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;

/** A device directory on loopback. */
final class DirectoryServer implements AutoCloseable {
  static final String KEY = "ak_5ecret";

  private final MockWebServer server = new MockWebServer();
  private final Queue<HttpUrl> requests = new ConcurrentLinkedQueue<>();
  private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
  private volatile Function<HttpUrl, MockResponse> answer;

  DirectoryServer() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            // MockWebServer keeps all requests.
            connections.add(server.takeRequest().getConnectionIndex());
            requests.add(request.getUrl());
            return answer.apply(request.getUrl());
          }
        });
    server.start();
  }

  /** Answers each request with the result of a function. */
  DirectoryServer answer(Function<HttpUrl, MockResponse> answer) {
    this.answer = answer;
    return this;
  }

  /** Answers each request with the same body. */
  DirectoryServer answer(String body) {
    return answer(url -> json(body));
  }

  /** Answers each request with an error of the service. */
  DirectoryServer reject(int status, String type) {
    return answer(
        url ->
            json("{\"object\":\"error\",\"type\":\"" + type + "\",\"request_id\":\"r7\"}")
                .newBuilder()
                .code(status)
                .build());
  }

  /**
   * Serves devices in pages, and ignores all filters.
   *
   * @param device returns the JSON of the device with an index, whose ID is {@link #id}
   */
  DirectoryServer serve(int count, IntFunction<String> device) {
    return answer(
        url -> {
          String after = url.queryParameter("after");
          int from = after == null ? 0 : Integer.parseInt(after.substring(8), 16) + 1;
          int limit = Integer.parseInt(requireNonNullElse(url.queryParameter("limit"), "50"));
          int to = Math.min(count, from + limit);
          List<String> page = new ArrayList<>();
          for (int i = from; i < to; i++) {
            page.add(device.apply(i));
          }
          return new MockResponse.Builder()
              .setHeader("Content-Type", "application/json")
              .chunkedBody(page(to < count, page.toArray(String[]::new)), 10_000)
              .build();
        });
  }

  static MockResponse json(String body) {
    return new MockResponse.Builder()
        .setHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }

  static String page(boolean hasMore, String... devices) {
    return "{\"object\":\"list\",\"limit\":1000,\"order\":\"ASC\",\"data\":["
        + String.join(",", devices)
        + "],\"has_more\":"
        + hasMore
        + "}";
  }

  static String id(int number) {
    return String.format(Locale.ROOT, "017b7fdd%024x", number);
  }

  static String device(int number, String name) {
    return device(number, name, "registered");
  }

  static String device(int number, String name, String state) {
    return "{\"object\":\"device\",\"id\":\""
        + id(number)
        + "\",\"name\":\""
        + name
        + "\",\"state\":\""
        + state
        + "\"}";
  }

  String uri() {
    return server.url("/").toString();
  }

  TunnelClient.Builder client() {
    return TunnelClient.builder().cloudUri(uri()).credentials(Credentials.apiKey(KEY));
  }

  /** Returns the requests so far. */
  List<HttpUrl> requests() {
    return List.copyOf(requests);
  }

  /** Returns the number of connections so far. */
  int connections() {
    return connections.size();
  }

  @Override
  public void close() {
    server.close();
  }
}
