package io.github.devicetunnel.examples;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelSocketFactory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Requests the status of many devices concurrently with one client. A resolver derives the device
 * from the host of each URL.
 *
 * <p>Arguments: the cloud URI, one or more device IDs. The access key is read from {@code
 * TUNNEL_API_KEY}.
 */
public final class QueryManyDevices {
  public static void main(String[] args) {
    List<String> devices = List.of(args).subList(1, args.length);
    ExecutorService threads = Executors.newFixedThreadPool(devices.size());
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(args[0])
            .credentials(Credentials.apiKey(requireNonNull(System.getenv("TUNNEL_API_KEY"))))
            .build()) {
      TunnelSocketFactory sockets =
          client.socketFactory(
              (host, port) -> Target.of(host.replace(".device", ""), "127.0.0.1", port));
      OkHttpClient http =
          new OkHttpClient.Builder().socketFactory(sockets).dns(TunnelSocketFactory.dns()).build();
      devices.stream()
          .map(device -> CompletableFuture.supplyAsync(() -> status(http, device), threads))
          .toList() // start all requests before waiting for the first
          .forEach(answer -> System.out.println(answer.join()));
      http.connectionPool().evictAll();
    } finally {
      threads.shutdown();
    }
  }

  /**
   * Returns the status of a device, or the reason for a failure, so that one device does not affect
   * the others.
   */
  private static String status(OkHttpClient http, String device) {
    // Without the suffix, a device ID that contains only decimal digits would be an IP address.
    Request request = new Request.Builder().url("http://" + device + ".device/status").build();
    try (Response response = http.newCall(request).execute()) {
      return device + ": " + response.body().string();
    } catch (IOException e) {
      // OkHttp's message contains only the address. The cause contains the reason.
      Throwable reason = e.getCause() == null ? e : e.getCause();
      return device + " failed: " + reason.getMessage();
    }
  }
}
