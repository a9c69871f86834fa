package io.github.devicetunnel.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Follows one dial, so that a failure can say what was being done. */
public final class DialProgress extends EventListener {
  private volatile String doing = "waiting to begin";

  private boolean cancelled; // guarded by this
  private Runnable onCancel = () -> {}; // guarded by this

  DialProgress() {}

  /** What is being done now or was when the dial failed, such as "looking up example.com". */
  public String doing() {
    return doing;
  }

  /** Asks to be told, once, that the call was cancelled or its time is over; at once if it was. */
  void onCancel(Runnable action) {
    synchronized (this) {
      onCancel = action;
      if (!cancelled) {
        return;
      }
    }
    action.run();
  }

  @Override
  public void canceled(Call call) {
    Runnable action;
    synchronized (this) {
      cancelled = true;
      action = onCancel;
    }
    action.run();
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    doing = "looking up " + domainName;
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
    doing = "choosing an address of " + domainName;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    doing =
        proxy.type() == Proxy.Type.DIRECT
            ? "connecting to " + text(address)
            : "connecting to the proxy " + text(address);
  }

  @Override
  public void secureConnectStart(Call call) {
    doing = "shaking hands in TLS";
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    doing = "asking for the upgrade";
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    doing = "asking for the upgrade";
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    doing = "asking for the upgrade";
  }

  @Override
  public void requestHeadersEnd(Call call, okhttp3.Request request) {
    doing = "waiting for the answer to the upgrade";
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    doing = "reading the answer to the upgrade";
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException e) {
    // Stays what it was: that is what failed.
  }

  private static String text(InetSocketAddress address) {
    return address.isUnresolved()
        ? address.getHostString() + ":" + address.getPort()
        : address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
