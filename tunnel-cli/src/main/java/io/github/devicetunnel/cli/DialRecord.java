package io.github.devicetunnel.cli;

import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Handshake;
import org.jspecify.annotations.Nullable;

/** What one dial met on its way, for {@code check}. Its last attempt counts. */
final class DialRecord extends TunnelEventListener {
  private volatile @Nullable DialTimings timings;
  private volatile List<InetAddress> addresses = List.of();
  private volatile @Nullable InetSocketAddress connectedTo;
  private volatile @Nullable Handshake handshake;

  /** What took how long; null before the dial has ended. */
  @Nullable DialTimings timings() {
    return timings;
  }

  /** What the name of the cloud, or of a proxy, stands for. */
  List<InetAddress> addresses() {
    return addresses;
  }

  /** The last address that was tried. */
  @Nullable InetSocketAddress connectedTo() {
    return connectedTo;
  }

  @Nullable Handshake handshake() {
    return handshake;
  }

  @Override
  public void upgraded(ConnectionInfo connection, DialTimings timings) {
    this.timings = timings;
  }

  @Override
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException refusal, DialTimings timings) {
    this.timings = timings;
  }

  @Override
  public void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {
    this.timings = timings;
  }

  /** The further things that OkHttp knows. */
  EventListener okHttpEvents() {
    return new EventListener() {
      @Override
      public void dnsEnd(Call call, String domainName, List<InetAddress> found) {
        addresses = List.copyOf(found);
      }

      @Override
      public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connectedTo = address;
      }

      @Override
      public void secureConnectEnd(Call call, @Nullable Handshake agreed) {
        handshake = agreed;
      }
    };
  }
}
