package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.Service;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a cloud whose host name has several addresses, none of which opens a tunnel. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have only 127.0.0.1")
final class SeveralAddressesTest {
  private static final String DEVICE = "0123456789abcdef0123456789abcdef";

  @RegisterExtension final Leaks leaks = new Leaks();

  private static List<InetAddress> addresses(String... hosts) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String host : hosts) {
      try {
        addresses.add(InetAddress.getByName(host));
      } catch (UnknownHostException e) {
        throw new AssertionError(host, e);
      }
    }
    return addresses;
  }

  private static String failure(String uri, List<InetAddress> addresses) {
    OkHttpClient http = new OkHttpClient.Builder().dns(host -> addresses).build();
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(uri)
            .deviceId(DEVICE)
            .serviceAddress("127.0.0.1:80")
            .credentials(Credentials.apiKey("ak_test"))
            .allowPlaintext(true)
            .okHttpClient(http)
            .build()) {
      return catchThrowableOfType(TunnelException.class, client::open).getMessage();
    }
  }

  @Test
  void reportsEveryAddressThatRefuses() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      String end = ":" + port.port();

      assertThat(
              failure("ws://cloud.example" + end, addresses("127.0.0.2", "127.0.0.3", "127.0.0.4")))
          .contains(
              "could not be reached: 127.0.0.2" + end + ": Connection refused; 127.0.0.3" + end,
              "127.0.0.4" + end + ": Connection refused, while connecting to 127.0.0.4" + end)
          .endsWith("; if the network requires a proxy, set one")
          .doesNotContain("Failed to connect");
    }
  }

  /**
   * The server closes the first connection after the ClientHello; nothing listens on the others.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void reportsTlsAlertRatherThanRefusedConnections(boolean last) throws Exception {
    byte[] alert = {0x15, 3, 3, 0, 2, 2, 112}; // unrecognized_name
    try (Service server =
        Service.started(
            socket -> {
              assertThat(socket.getInputStream().read()).isEqualTo(0x16);
              socket.getOutputStream().write(alert);
              socket.shutdownOutput();
              socket.getInputStream().readAllBytes();
            })) {
      String uri = "wss://cloud.example:" + server.address().getPort();
      List<InetAddress> addresses = addresses("127.0.0.1", "127.0.0.2", "127.0.0.3");
      if (last) {
        Collections.reverse(addresses);
      }

      assertThat(failure(uri, addresses))
          .endsWith(
              "could not be reached: cloud.example probably has no certificate for this host name"
                  + " (Received fatal alert: unrecognized_name); check the host of the cloud URI");
    }
  }

  @Test
  void countsAddressesThatAreNotListed() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      String uri = "ws://cloud.example:" + port.port();
      List<InetAddress> addresses =
          addresses("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6", "127.0.0.7");

      assertThat(failure(uri, addresses)).contains("Connection refused; 2 more, while connecting");
    }
  }

  @Test
  void printsIpv6AddressInBrackets() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      String address = "[::1]:" + port.port();

      assertThat(failure("ws://" + address, addresses("::1")))
          .contains(", while connecting to " + address);
    }
  }
}
