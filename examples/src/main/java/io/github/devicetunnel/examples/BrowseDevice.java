package io.github.devicetunnel.examples;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fetches a page from the web server of a device in two ways: with a socket factory and through a
 * local port.
 *
 * <p>Arguments: the cloud URI, the device ID. The access key is read from {@code TUNNEL_API_KEY}.
 */
public final class BrowseDevice {
  public static void main(String[] args) throws IOException {
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(args[0])
            .credentials(Credentials.apiKey(requireNonNull(System.getenv("TUNNEL_API_KEY"))))
            .deviceId(args[1])
            .serviceAddress("127.0.0.1:80")
            .build()) {
      System.out.println("With a socket factory: " + withSocketFactory(client));
      System.out.println("Through a local port: " + throughLocalPort(client));
    }
  }

  /** Uses a socket factory, so that other users of this machine cannot use the tunnel. */
  private static String withSocketFactory(TunnelClient client) throws IOException {
    TunnelSocketFactory sockets = client.socketFactory();
    OkHttpClient http =
        new OkHttpClient.Builder().socketFactory(sockets).dns(TunnelSocketFactory.dns()).build();
    return page(http, "http://any-name/");
  }

  /** Uses a local port, for clients that do not accept a socket factory, such as browsers. */
  private static String throughLocalPort(TunnelClient client) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TunnelListener listener = client.listen(anyPort)) {
      return page(new OkHttpClient(), "http://127.0.0.1:" + listener.localPort());
    }
  }

  /**
   * Fetches a page and closes the connection. Otherwise, closing the listener would wait for it.
   */
  private static String page(OkHttpClient http, String url) throws IOException {
    Request request = new Request.Builder().url(url).header("Connection", "close").build();
    try (Response response = http.newCall(request).execute()) {
      return response.body().string();
    }
  }
}
