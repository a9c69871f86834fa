package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JDK's web server, with content that is easy to compare. */
public final class WebServer implements AutoCloseable {
  /** The size of {@code /file}. */
  public static final long COUNT = 50 << 20;

  private static final long SEED = 6;
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]+)");
  private static final int UNKNOWN_LENGTH = 0;

  private final HttpServer server = HttpServer.create(Loopback.anyPort(), 0);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(task -> new Thread(task, "test-web"));
  private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();

  private WebServer() throws IOException {
    serve("/page", WebServer::page);
    serve("/file", WebServer::file);
    serve("/stream", WebServer::stream);
    serve("/digest", WebServer::digest);
    server.setExecutor(threads);
  }

  private void serve(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          clients.add(exchange.getRemoteAddress());
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  public static WebServer started() throws IOException {
    WebServer server = new WebServer();
    server.server.start();
    return server;
  }

  /** Returns the digest of {@code /file} and {@code /stream}. */
  public static Digest content() {
    return RandomBytes.digest(SEED, COUNT);
  }

  public String serviceAddress() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the number of connections that carried requests. */
  public int connections() {
    return clients.size();
  }

  /** Answers with the query of the request. */
  private static void page(HttpExchange exchange) throws IOException {
    answer(exchange, "page " + exchange.getRequestURI().getQuery() + "\n");
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Answers with the whole file, or with the requested range. */
  private static void file(HttpExchange exchange) throws IOException {
    String requested = exchange.getRequestHeaders().getFirst("Range");
    Matcher range = RANGE.matcher(requested == null ? "" : requested);
    if (!range.matches()) {
      exchange.sendResponseHeaders(200, COUNT);
      new RandomBytes(SEED, COUNT).transferTo(exchange.getResponseBody());
      return;
    }
    long from = Long.parseLong(range.group(1));
    long end = Long.parseLong(range.group(2)) + 1;
    String sent = "bytes " + from + "-" + (end - 1) + "/" + COUNT;
    exchange.getResponseHeaders().set("Content-Range", sent);
    exchange.sendResponseHeaders(206, end - from);
    InputStream content = new RandomBytes(SEED, end);
    content.skipNBytes(from);
    content.transferTo(exchange.getResponseBody());
  }

  /** Answers with the same content, without its length. */
  private static void stream(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, UNKNOWN_LENGTH);
    new RandomBytes(SEED, COUNT).transferTo(exchange.getResponseBody());
  }

  /** Reads the body of the request, and answers with its SHA-256. */
  private static void digest(HttpExchange exchange) throws IOException {
    answer(exchange, Digest.of(exchange.getRequestBody()).sha256());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    Await.until("the end of the web server's threads", threads::isTerminated);
  }
}
