package io.github.devicetunnel.cli.demo;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.listen.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fetches the content of the demo's web service through a tunnel, compares it and measures times.
 */
final class DemoFetch {
  private final TunnelClient client;
  private final HttpUrl url;
  private final Console console;
  private final OkHttpClient http = new OkHttpClient.Builder().proxy(Proxy.NO_PROXY).build();

  DemoFetch(TunnelClient client, InetSocketAddress listener, Console console) {
    this.client = client;
    this.url = HttpUrl.get("http://" + ListenAddress.text(listener));
    this.console = console;
  }

  /** Returns whether the received content equals the served content. */
  boolean run() throws IOException {
    boolean same = fetchPage();
    measureDial();
    same &= fetchBulk();
    // Otherwise a pooled connection is open and has to be aborted at the end.
    http.connectionPool().evictAll();
    if (!same) {
      console.error("the content received through the tunnel differs from the content served");
    }
    return same;
  }

  private boolean fetchPage() throws IOException {
    long start = System.nanoTime();
    try (Response response = get(DemoWebService.PAGE_PATH)) {
      double firstByte = millisSince(start);
      byte[] page = response.body().bytes();
      console.print(new String(page, StandardCharsets.UTF_8).stripTrailing());
      console.print("");
      figure(
          "page", "%s through the tunnel: status %d, %,d bytes", url, response.code(), page.length);
      figure("first byte", "%.1f ms after connecting, including dial and cold start", firstByte);
      return response.code() == 200 && Arrays.equals(page, DemoWebService.page());
    }
  }

  private void measureDial() throws IOException {
    long start = System.nanoTime();
    try (TunnelStream stream = client.open()) {
      double dial = millisSince(start);
      stream.shutdownOutput();
      figure("dial", "%.1f ms until the stand-in for the cloud accepted the tunnel", dial);
    }
  }

  private boolean fetchBulk() throws IOException {
    long start = System.nanoTime();
    try (Response response = get(DemoWebService.BULK_PATH)) {
      boolean same = DemoWebService.isBulk(response.body().byteStream());
      double millis = millisSince(start);
      double rate = DemoWebService.BULK_SIZE / 1e3 / millis;
      figure(
          "throughput", "%,d bytes in %.0f ms: %.0f MB/s", DemoWebService.BULK_SIZE, millis, rate);
      return response.code() == 200 && same;
    }
  }

  private Response get(String path) throws IOException {
    return http.newCall(new Request.Builder().url(url.newBuilder(path).build()).build()).execute();
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private void figure(String name, String format, Object... values) {
    console.print(
        String.format(Locale.ROOT, "%-12s%s", name, String.format(Locale.ROOT, format, values)));
  }
}
