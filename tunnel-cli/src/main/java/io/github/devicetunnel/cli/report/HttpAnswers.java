package io.github.devicetunnel.cli.report;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Handles GET and HEAD for exact paths, with headers that restrict the browser. Thread-safe. */
final class HttpAnswers implements HttpHandler {
  static final String TEXT = "text/plain; charset=utf-8";

  /** Allows only the resources of the page itself, and does not allow frames. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private record Answer(String type, IntSupplier status, Supplier<byte[]> body) {}

  private static final Answer NOT_FOUND = problem(404, "Page not found.\n");
  private static final Answer NOT_ALLOWED = problem(405, "Method not allowed. Use GET or HEAD.\n");
  private static final Answer OTHER_HOST =
      problem(421, "Host not allowed. Open this page as localhost or by its listening address.\n");

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final HostCheck hosts;

  HttpAnswers(HostCheck hosts) {
    this.hosts = hosts;
  }

  private static Answer problem(int status, String text) {
    return new Answer(TEXT, () -> status, () -> text.getBytes(StandardCharsets.UTF_8));
  }

  void add(String path, String type, Supplier<byte[]> body) {
    add(path, type, () -> 200, body);
  }

  void add(String path, String type, IntSupplier status, Supplier<byte[]> body) {
    answers.put(path, new Answer(type, status, body));
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, answer(exchange));
    }
  }

  private Answer answer(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return NOT_ALLOWED;
    }
    if (!hosts.allows(exchange.getRequestHeaders().getFirst("Host"))) {
      return OTHER_HOST;
    }
    return answers.getOrDefault(exchange.getRequestURI().getPath(), NOT_FOUND);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("Cache-Control", "no-store");
    headers.set("Content-Security-Policy", POLICY);
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    int status = answer.status().getAsInt();
    if (status == 405) {
      headers.set("Allow", "GET, HEAD");
    }
    byte[] body = answer.body().get();
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
