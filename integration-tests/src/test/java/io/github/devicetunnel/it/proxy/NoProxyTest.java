package io.github.devicetunnel.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.TestingCloud;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.Map;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests {@link ProxySettings#none} where another setting names a proxy. */
final class NoProxyTest {
  private static final String SERVICE = "127.0.0.1:80";

  @RegisterExtension final Leaks leaks = new Leaks();
  private Map<String, String> properties = Map.of();

  @AfterEach
  void clearProperties() {
    properties.keySet().forEach(System::clearProperty);
  }

  /** Returns system properties that name a proxy on a port without a listener. */
  static Stream<Map<String, String>> properties() {
    return Stream.of(
        Map.of("http.proxyHost", "127.0.0.1", "http.proxyPort", "PORT", "http.nonProxyHosts", ""),
        Map.of("socksProxyHost", "127.0.0.1", "socksProxyPort", "PORT", "socksNonProxyHosts", ""));
  }

  @ParameterizedTest
  @MethodSource("properties")
  void overridesSystemProperties(Map<String, String> names) throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TestingCloud cloud = echoCloud();
        TunnelClient proxied = cloud.client(SERVICE).build();
        TunnelClient direct = proxied.newBuilder().proxy(ProxySettings.none()).build()) {
      String port = closedPort.serviceAddress().replaceFirst(".*:", "");
      properties = names;
      names.forEach((name, value) -> System.setProperty(name, value.replace("PORT", port)));

      assertThatThrownBy(proxied::open).hasMessageContaining("could not be reached");
      assertEchoes(direct);
      assertThat(direct.proxy()).isEmpty();
    }
  }

  @Test
  void overridesProxyOfOkHttpClient() throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TestingCloud cloud = echoCloud()) {
      int port = Integer.parseInt(closedPort.serviceAddress().replaceFirst(".*:", ""));
      Proxy proxy =
          new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      OkHttpClient http = new OkHttpClient.Builder().proxy(proxy).build();
      try (TunnelClient client =
          cloud.client(SERVICE).okHttpClient(http).proxy(ProxySettings.none()).build()) {
        assertEchoes(client);
      }
    }
  }

  /** Serves the device in this process, so that the system properties affect only the client. */
  private static TestingCloud echoCloud() throws Exception {
    TestingCloud cloud = TestingCloud.started();
    cloud.service().device(Cloud.DEVICE).onConnect(SERVICE, ProgramBench::echo);
    return cloud;
  }

  private static void assertEchoes(TunnelClient client) throws Exception {
    try (TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
    }
  }
}
