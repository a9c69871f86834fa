package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelSocketFactory;
import java.io.IOException;
import java.time.Duration;

/** Sockets with tunnels to one service, through their own cloud. */
public final class TunnelledSockets implements AutoCloseable {
  /** Short, so that the end of an idle connection is detected soon. */
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

  public static TunnelledSockets to(String serviceAddress) throws IOException {
    return to(serviceAddress, "the service");
  }

  /** Same as {@link #to(String)}, and registers the sockets with {@link NamedSocketFactory}. */
  public static TunnelledSockets to(String serviceAddress, String name) throws IOException {
    TestingCloud cloud = TestingCloud.started();
    TunnelClient client = cloud.client(serviceAddress).pingInterval(PING_INTERVAL).build();
    return new TunnelledSockets(cloud, client, name);
  }

  /**
   * Creates sockets whose tunnels the cloud rejects with 403: the access key is for another device.
   */
  public static TunnelledSockets rejected(String name) throws IOException {
    String key = "ak_of_another_device";
    TestingCloud cloud =
        TestingCloud.started(
            TestingCloud.builder().apiKey(key, "ffffffffffffffffffffffffffffffff"));
    TunnelClient client =
        cloud
            .client("127.0.0.1:80")
            .credentials(Credentials.apiKey(key))
            .maxBackoff(Duration.ZERO) // each call is dialled
            .build();
    return new TunnelledSockets(cloud, client, name);
  }

  public TunnelSocketFactory factory() {
    return client.socketFactory();
  }

  /** Returns the number of tunnels that were requested. */
  public int count() {
    return cloud.service().requestCount();
  }

  /** Waits until all sockets are closed, both in the client and in the cloud. */
  public void awaitNoneOpen() {
    Await.until(() -> cloud.service().openConnections() == 0 && client.stats().openNow() == 0);
  }

  /** Fails if a socket was left open. */
  @Override
  public void close() {
    NamedSocketFactory.unregister(name);
    DrainReport report = client.close(Await.LONG);
    cloud.close();
    assertThat(report.aborted()).as("sockets left open").isZero();
  }
}
