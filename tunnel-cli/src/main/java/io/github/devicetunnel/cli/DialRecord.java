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

/** Details of a dial for {@code check}. After several attempts, those of the last attempt. */
final class DialRecord extends TunnelEventListener {
  private volatile @Nullable DialTimings timings;
  private volatile List<InetAddress> addresses = List.of();
  private volatile @Nullable InetSocketAddress connectedTo;
  private volatile @Nullable Handshake handshake;

  /** Returns the duration of each step, or null before the dial has ended. */
  @Nullable DialTimings timings() {
    return timings;
  }

  /** Returns the resolved addresses of the cloud or of the proxy. */
  List<InetAddress> addresses() {
    return addresses;
  }

  /** Returns the address of the last connection attempt. */
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
      ConnectionInfo connection, TunnelRejectedException rejection, DialTimings timings) {
    this.timings = timings;
  }

  @Override
  public void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {
    this.timings = timings;
  }

  /** Returns a listener for the details that only OkHttp reports. */
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
