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
 * Asks many devices for their status at once, with one client: a resolver finds the device in the
 * host of each URL. Arguments: the cloud's URI, the devices; the access key is in TUNNEL_API_KEY.
 */
public final class AskManyDevices {
  public static void main(String[] args) {
    List<String> devices = List.of(args).subList(1, args.length);
    ExecutorService threads = Executors.newFixedThreadPool(devices.size());
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(args[0])
            .credentials(Credentials.apiKey(requireNonNull(System.getenv("TUNNEL_API_KEY"))))
            .deviceId(devices.get(0)) // this and the service are for who does not resolve
            .serviceAddress("127.0.0.1:80")
            .build()) {
      TunnelSocketFactory sockets =
          client.socketFactory(
              (host, port) -> new Target(host.replace(".device", ""), "127.0.0.1:" + port));
      OkHttpClient http =
          new OkHttpClient.Builder().socketFactory(sockets).dns(TunnelSocketFactory.dns()).build();
      devices.stream()
          .map(device -> CompletableFuture.supplyAsync(() -> status(http, device), threads))
          .toList() // all are asked before the first answer is waited for
          .forEach(answer -> System.out.println(answer.join()));
      http.connectionPool().evictAll();
    } finally {
      threads.shutdown();
    }
  }

  /** A device that cannot be reached says why, and does not keep the others. */
  private static String status(OkHttpClient http, String device) {
    // Without the suffix, 32 hex digits that happen to be decimal would pass for an IP address.
    Request request = new Request.Builder().url("http://" + device + ".device/status").build();
    try (Response response = http.newCall(request).execute()) {
      return device + ": " + response.body().string();
    } catch (IOException e) {
      // OkHttp's own message names the address; the reason is in its cause.
      Throwable reason = e.getCause() == null ? e : e.getCause();
      return device + " failed: " + reason.getMessage();
    }
  }
}
