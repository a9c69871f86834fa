package io.github.devicetunnel.websocket;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Answers every name with the addresses of the proxy: the cloud's name is looked up by the proxy,
 * and perhaps nobody else can. OkHttp tries them in turn, and passes the name on in each of them.
 */
final class ProxyDns implements Dns {
  private final ProxyServer proxy;
  private final CancellableDns dns;

  ProxyDns(ProxyServer proxy, CancellableDns dns) {
    this.proxy = proxy;
    this.dns = dns;
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    for (InetAddress address : proxyAddresses(DialProgress.current())) {
      addresses.add(InetAddress.getByAddress(host, address.getAddress()));
    }
    return addresses;
  }

  /** Never empty. */
  List<InetAddress> proxyAddresses(@Nullable DialProgress dial) throws UnknownHostException {
    String host = proxy.host();
    return ProxyServer.isAddress(host)
        ? List.of(InetAddress.getByName(host))
        : dns.lookup(host, dial);
  }
}
