package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelSocketFactory;
import java.io.IOException;
import java.time.Duration;

/** Sockets that lead to one service, through a cloud that is only there for them. */
final class TunnelledSockets implements AutoCloseable {
  /** So short that the end of a connection which nobody uses is soon noticed. */
  private static final Duration PING_INTERVAL = Duration.ofMillis(100);

  private final TestingCloud cloud;
  private final TunnelClient client;
  private final String name;

  private TunnelledSockets(TestingCloud cloud, TunnelClient client, String name) {
    this.cloud = cloud;
    this.client = client;
    this.name = name;
    NamedSocketFactory.register(name, client.socketFactory());
  }

  static TunnelledSockets to(String serviceAddress) throws IOException {
    return to(serviceAddress, "the service");
  }

  /** Which a {@link NamedSocketFactory} finds by this name, too. */
  static TunnelledSockets to(String serviceAddress, String name) throws IOException {
    TestingCloud cloud = TestingCloud.started();
    TunnelClient client = cloud.client(serviceAddress).pingInterval(PING_INTERVAL).build();
    return new TunnelledSockets(cloud, client, name);
  }

  /** Whose tunnels the cloud rejects, with 403: the access key is for another device. */
  static TunnelledSockets rejected(String name) throws IOException {
    String key = "ak_of_another_device";
    TestingCloud cloud =
        TestingCloud.started(
            TestingCloud.builder().apiKey(key, "ffffffffffffffffffffffffffffffff"));
    TunnelClient client = cloud.client("127.0.0.1:80").credentials(Credentials.apiKey(key)).build();
    return new TunnelledSockets(cloud, client, name);
  }

  TunnelSocketFactory factory() {
    return client.socketFactory();
  }

  /** How many there have been. */
  int count() {
    return cloud.service().requestCount();
  }

  /** Returns when the service, or whoever used them, has closed all of them, and both ends know. */
  void awaitNoneOpen() {
    Await.until(() -> cloud.service().openConnections() == 0 && client.stats().openNow() == 0);
  }

  /** Whoever used them must have closed them. */
  @Override
  public void close() {
    NamedSocketFactory.unregister(name);
    DrainReport report = client.close(Await.LONG);
    cloud.close();
    assertThat(report.cut()).as("sockets left open").isZero();
  }
}
