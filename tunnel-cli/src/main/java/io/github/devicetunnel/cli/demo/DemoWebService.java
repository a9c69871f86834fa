package io.github.devicetunnel.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.devicetunnel.cli.process.Daemons;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A web service on loopback that takes the place of a gateway's service. It serves a page and a
 * large resource.
 */
public final class DemoWebService implements AutoCloseable {
  static final String PAGE_PATH = "/";
  static final String BULK_PATH = "/bulk";
  static final int BULK_SIZE = 16 << 20;

  private static final int BLOCK_SIZE = 64 << 10;
  private static final byte[] RANDOM = randomBlock();

  private final HttpServer server;
  private final ExecutorService threads;

  private DemoWebService(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  public static DemoWebService start() throws IOException {
    // Without TCP_NODELAY, each response on a reused connection waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool(Daemons.factory("demo-web-service"));
    server.setExecutor(threads);
    byte[] page = page();
    server.createContext(
        "/", only(PAGE_PATH, "text/html; charset=utf-8", page.length, out -> out.write(page)));
    server.createContext(
        BULK_PATH,
        only(BULK_PATH, "application/octet-stream", BULK_SIZE, DemoWebService::writeBulk));
    server.start();
    return new DemoWebService(server, threads);
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  public static byte[] page() {
    try (InputStream page = DemoWebService.class.getResourceAsStream("demo.html")) {
      if (page == null) {
        throw new IllegalStateException("resource demo.html is missing");
      }
      return page.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns whether a stream contains exactly the bulk resource. Compares while reading, without
   * storing the content.
   */
  static boolean isBulk(InputStream in) throws IOException {
    for (int i = 0; i < BULK_SIZE / BLOCK_SIZE; i++) {
      if (!Arrays.equals(in.readNBytes(BLOCK_SIZE), block(i))) {
        return false;
      }
    }
    return in.read() < 0;
  }

  private static void writeBulk(OutputStream out) throws IOException {
    for (int i = 0; i < BULK_SIZE / BLOCK_SIZE; i++) {
      out.write(block(i));
    }
  }

  /**
   * Returns a block. All blocks differ, so that lost, repeated and reordered blocks are detected.
   */
  private static byte[] block(int number) {
    byte[] block = RANDOM.clone();
    block[0] = (byte) number;
    block[1] = (byte) (number >> 8);
    return block;
  }

  private static byte[] randomBlock() {
    byte[] block = new byte[BLOCK_SIZE];
    new Random(1).nextBytes(block);
    return block;
  }

  private interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Returns a handler for one path, because the server passes it every path that begins with the
   * path of its context.
   */
  private static HttpHandler only(String path, String type, long length, Body body) {
    return exchange -> {
      try (exchange) {
        if (exchange.getRequestURI().getPath().equals(path)) {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.getResponseHeaders().set("Cache-Control", "no-store");
          answer(exchange, length, body);
        } else {
          exchange.sendResponseHeaders(404, -1);
        }
      }
    };
  }

  private static void answer(HttpExchange exchange, long length, Body body) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, length);
    body.writeTo(exchange.getResponseBody());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
