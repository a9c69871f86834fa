package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
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

/** {@link ProxySettings#none}, where something else names a proxy. */
final class NoProxyTest {
  private static final String SERVICE = "127.0.0.1:80";

  @RegisterExtension final Leaks leaks = new Leaks();
  private Map<String, String> properties = Map.of();

  @AfterEach
  void clearProperties() {
    properties.keySet().forEach(System::clearProperty);
  }

  /** Sets system properties of the JVM that name a proxy on a port without a listener. */
  static Stream<Map<String, String>> properties() {
    return Stream.of(
        Map.of("http.proxyHost", "127.0.0.1", "http.proxyPort", "PORT", "http.nonProxyHosts", ""),
        Map.of("socksProxyHost", "127.0.0.1", "socksProxyPort", "PORT", "socksNonProxyHosts", ""));
  }

  @ParameterizedTest
  @MethodSource("properties")
  void beatsSystemProperties(Map<String, String> names) throws Exception {
    try (RefusingPort nobody = new RefusingPort();
        TestingCloud cloud = echoing();
        TunnelClient proxied = cloud.client(SERVICE).build();
        TunnelClient direct = proxied.newBuilder().proxy(ProxySettings.none()).build()) {
      String port = nobody.serviceAddress().replaceFirst(".*:", "");
      properties = names;
      names.forEach((name, value) -> System.setProperty(name, value.replace("PORT", port)));

      assertThatThrownBy(proxied::open).hasMessageContaining("could not be reached");
      assertCarries(direct);
      assertThat(direct.proxy()).isEmpty();
    }
  }

  @Test
  void beatsTheProxyOfAnOkHttpClient() throws Exception {
    try (RefusingPort nobody = new RefusingPort();
        TestingCloud cloud = echoing()) {
      int port = Integer.parseInt(nobody.serviceAddress().replaceFirst(".*:", ""));
      Proxy proxy =
          new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      OkHttpClient http = new OkHttpClient.Builder().proxy(proxy).build();
      try (TunnelClient client =
          cloud.client(SERVICE).okHttpClient(http).proxy(ProxySettings.none()).build()) {
        assertCarries(client);
      }
    }
  }

  /** Its service is in this process, so that the system properties are for the client alone. */
  private static TestingCloud echoing() throws Exception {
    TestingCloud cloud = TestingCloud.started();
    cloud.service().device(Cloud.DEVICE).onConnect(SERVICE, ProgramBench::echo);
    return cloud;
  }

  private static void assertCarries(TunnelClient client) throws Exception {
    try (TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
    }
  }
}
