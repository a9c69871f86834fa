package io.github.devicetunnel.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Reads the device directory of a service over HTTP. */
final class DirectoryReader implements AutoCloseable {
  private static final Pattern ID =
      Pattern.compile("\"object\":\"device\",\"id\":\"([0-9a-f]{32})\"");

  private final OkHttpClient http =
      new OkHttpClient.Builder().callTimeout(60, TimeUnit.SECONDS).build();
  private final String url;

  /** A received page or error. */
  record Answer(int status, Headers headers, String body) {
    List<String> ids() {
      return ID.matcher(body).results().map(found -> found.group(1)).toList();
    }

    boolean hasMore() {
      return body.contains("\"has_more\":true");
    }

    /** Returns the IDs without the digits that all of them share. */
    List<String> shortIds() {
      return ids().stream().map(id -> id.substring(30)).toList();
    }

    /** Returns the text between the quotes after a field name. */
    String text(String field) {
      return Pattern.compile('"' + field + "\":\"([^\"]*)\"")
          .matcher(body)
          .results()
          .map((MatchResult found) -> found.group(1))
          .findFirst()
          .orElse("");
    }
  }

  DirectoryReader(TunnelService service) {
    url = service.uri().replaceFirst("ws", "http") + "/v3/devices/";
  }

  Answer get(String query) throws IOException {
    return get(query, Headers.of("Authorization", "Bearer " + Clients.KEY));
  }

  Answer get(String query, Headers headers) throws IOException {
    return send(new Request.Builder().url(url + query).headers(headers).build());
  }

  /** Requests the path without its trailing slash. */
  Answer getWithoutSlash() throws IOException {
    return send(
        new Request.Builder()
            .url(url.substring(0, url.length() - 1))
            .header("Authorization", "Bearer " + Clients.KEY)
            .build());
  }

  /** Reads all pages of a query, which has at least one parameter. */
  List<Answer> all(String query) throws IOException {
    List<Answer> pages = new ArrayList<>();
    pages.add(get(query));
    while (pages.get(pages.size() - 1).hasMore()) {
      List<String> ids = pages.get(pages.size() - 1).ids();
      pages.add(get(query + "&after=" + ids.get(ids.size() - 1)));
    }
    return pages;
  }

  private Answer send(Request request) throws IOException {
    try (Response response = http.newCall(request).execute()) {
      return new Answer(response.code(), response.headers(), response.body().string());
    }
  }

  @Override
  public void close() {
    http.connectionPool().evictAll();
  }
}
