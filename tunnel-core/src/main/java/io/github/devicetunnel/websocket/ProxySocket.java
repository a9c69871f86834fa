package io.github.devicetunnel.websocket;

import io.github.devicetunnel.text.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/**
 * A socket whose connect leads through a proxy. It is that of an address whose name is the cloud's
 * and whose bytes are the proxy's, as {@link ProxyDns} gives them out.
 */
final class ProxySocket extends QuickSocket {
  private final ProxyServer proxy;
  private final ProxyDns dns;
  private final DialProgress dial;

  ProxySocket(ProxyServer proxy, ProxyDns dns, DialProgress dial) throws IOException {
    // None of the JVM's own proxies between us and this one.
    super(Proxy.NO_PROXY);
    this.proxy = proxy;
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
      // Its message says no more, in different words on each Java.
      throw proxy.failure(
          "does not answer at " + address.getHostAddress() + ": check its host and port");
    } catch (IOException e) {
      throw proxy.failure("could not be reached, check its host and port", e);
    }
    String host = target.getHostString();
    dial.askingProxy(HostPort.of(host, target.getPort()));
    try {
      proxy.ask(getInputStream(), getOutputStream(), host, target.getPort());
    } catch (ProxyException e) {
      throw e;
    } catch (IOException e) {
      throw proxy.failure("broke the connection off", e);
    }
  }

  private InetAddress proxyAddress(InetSocketAddress target) throws UnknownHostException {
    InetAddress address = target.getAddress();
    boolean named = !target.getHostString().equals(address.getHostAddress());
    // OkHttp looks up names only: with a cloud that has none, nobody has asked for the proxy's yet.
    return named ? address : dns.proxyAddresses(dial).get(0);
  }
}
