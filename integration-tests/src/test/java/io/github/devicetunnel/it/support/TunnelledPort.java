package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A local port with tunnels to one service, through its own cloud. */
public final class TunnelledPort implements AutoCloseable {
  private final Cloud cloud;
  private final TunnelClient client;
  private final TunnelListener listener;

  private TunnelledPort(Cloud cloud, TunnelClient client) throws IOException {
    this.cloud = cloud;
    this.client = client;
    this.listener = client.listen(Loopback.anyPort());
  }

  public static TunnelledPort to(String serviceAddress, CloudKind kind) throws Exception {
    Cloud cloud = kind.start();
    return new TunnelledPort(cloud, cloud.client(serviceAddress).build());
  }

  /** For clients that leave connections open on which the service waits for more data. */
  public static TunnelledPort to(String serviceAddress, CloudKind kind, Duration halfCloseTimeout)
      throws Exception {
    Cloud cloud = kind.start();
    return new TunnelledPort(
        cloud, cloud.client(serviceAddress).halfCloseTimeout(halfCloseTimeout).build());
  }

  public String number() {
    return Integer.toString(listener.localPort());
  }

  public InetSocketAddress address() {
    return Loopback.port(listener.localPort());
  }

  public Socket connect() throws IOException {
    return LocalEnd.connect(listener);
  }

  /** Fails if a connection does not end by itself in time. */
  @Override
  public void close() {
    DrainReport report = listener.close(Await.LONG);
    client.close();
    cloud.close();
    assertThat(report.aborted()).as("aborted connections").isZero();
  }
}
