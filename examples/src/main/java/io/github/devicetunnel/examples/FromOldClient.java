package io.github.devicetunnel.examples;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Replaces the Pelion Direct Connect Client, which has five flags.
 *
 * <p>Arguments: the values of -listen-uri, -cloud-uri, -application-id and -ping-duration. The
 * value of -api-key is read from {@code TUNNEL_API_KEY}.
 */
public final class FromOldClient {
  public static void main(String[] args) throws IOException {
    String key = requireNonNull(System.getenv("TUNNEL_API_KEY"));
    try (TunnelClient client =
            TunnelClient.builder()
                .cloudUri(args[1]) // a full URL also sets the target
                .credentials(credentials(key, args[2]))
                .pingInterval(Duration.ofSeconds(Long.parseLong(args[3])))
                .build();
        TunnelListener listener = client.listen(address(args[0]))) {
      System.out.println("Listening on " + listener.localAddress() + ", press Enter to stop");
      int unused = System.in.read();
    }
  }

  /** Returns JWT credentials if an application ID is set. */
  private static Credentials credentials(String key, String applicationId) {
    return applicationId.isEmpty() ? Credentials.apiKey(key) : Credentials.jwt(applicationId, key);
  }

  @SuppressWarnings("AddressSelection") // the name of a local interface
  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    int port = Integer.parseInt(hostAndPort.substring(colon + 1));
    return new InetSocketAddress(hostAndPort.substring(0, colon), port);
  }
}
