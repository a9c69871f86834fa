package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.net.ArrivalClock;
import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.NoDelaySocket;
import io.github.devicetunnel.internal.net.UpgradeHeadInputStream;
import io.github.devicetunnel.internal.net.UpgradeSslSocket;
import io.github.devicetunnel.internal.text.HostPort;
import io.github.devicetunnel.internal.tls.TlsPeer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that connects through a proxy. The address to connect to has the name of the cloud and
 * the IP address of the proxy, as created by {@link ProxyDns}.
 *
 * <p>With TLS to the proxy, the streams are above this TLS. {@link #close} closes the connection
 * below it without an alert, because OkHttp cancels a call by closing this socket and must not
 * block. A close frame or the TLS of the cloud marks the end of a tunnel. See
 * docs/rationale/tls-and-proxies.md.
 */
final class ProxySocket extends NoDelaySocket implements ArrivalClock {
  private final long createdAt = System.nanoTime();
  private final ProxyServer proxy;
  private final @Nullable ProxyTls tls;
  private final ProxyDns dns;
  private final DialProgress dial;

  private volatile @Nullable UpgradeSslSocket secured;

  /**
   * Creates an unconnected socket.
   *
   * @param tls null if the connection to the proxy itself does not use TLS
   */
  ProxySocket(ProxyServer proxy, @Nullable ProxyTls tls, ProxyDns dns, DialProgress dial)
      throws IOException {
    // Bypasses the proxies of the JVM's system properties.
    super(Proxy.NO_PROXY);
    this.proxy = proxy;
    this.tls = tls;
    this.dns = dns;
    this.dial = dial;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    InetSocketAddress target = (InetSocketAddress) endpoint;
    InetAddress address = proxyAddress(target);
    try {
      super.connect(new InetSocketAddress(address, proxy.port()), timeout);
    } catch (SocketTimeoutException e) {
      // Replaces the JDK's message, which differs between Java versions.
      throw proxy.failure(
          "did not answer at " + address.getHostAddress() + "; check its host and port");
    } catch (BindException e) {
      throw e; // No local port is free, so the proxy is not the cause.
    } catch (IOException e) {
      throw proxy.failure("could not be reached", "check its host and port", e);
    }
    String host = target.getHostString();
    TlsPeer peer = new TlsPeer();
    try {
      if (tls != null) {
        dial.securingProxy();
        secured = tls.secure(this, proxy, peer);
      }
      dial.requestingFromProxy(HostPort.of(host, target.getPort()));
      proxy.openConnection(getInputStream(), getOutputStream(), host, target.getPort());
    } catch (ProxyException e) {
      throw e;
    } catch (IOException e) {
      // In TLS 1.3 the proxy may reject the handshake after the client has completed it.
      ProxyException failure = new ProxyTlsFailure(proxy, peer, e).describe();
      throw failure == null ? proxy.failure("aborted the connection", e) : failure;
    }
  }

  @Override
  public synchronized UpgradeHeadInputStream getInputStream() throws IOException {
    UpgradeSslSocket above = secured;
    return above == null ? super.getInputStream() : above.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    UpgradeSslSocket above = secured;
    return above == null ? super.getOutputStream() : above.getOutputStream();
  }

  @Override
  public long arrivedAt() {
    UpgradeSslSocket above = secured;
    return above == null ? createdAt : above.arrivedAt();
  }

  private InetAddress proxyAddress(InetSocketAddress target) throws UnknownHostException {
    InetAddress address = target.getAddress();
    boolean named = !target.getHostString().equals(address.getHostAddress());
    // OkHttp resolves only names. If the host of the cloud is an IP address, the proxy's name has
    // not been resolved yet.
    return named ? address : dns.proxyAddresses(dial).get(0);
  }
}
