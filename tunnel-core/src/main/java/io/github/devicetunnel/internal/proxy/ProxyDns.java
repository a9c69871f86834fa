package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.net.CancellableDns;
import io.github.devicetunnel.internal.net.DialProgress;
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
public final class ProxyDns implements Dns {
  private final ProxyServer proxy;
  private final CancellableDns dns;

  public ProxyDns(ProxyServer proxy, CancellableDns dns) {
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
    if (ProxyServer.isAddress(host)) {
      return List.of(InetAddress.getByName(host));
    }
    List<InetAddress> addresses = List.of();
    try {
      addresses = dns.lookup(host, dial);
    } catch (UnknownHostException e) {
      // One with a cause was given up. The system's words differ from the first time to the next.
      if (e.getCause() != null) {
        throw e;
      }
    }
    if (addresses.isEmpty()) {
      throw new UnknownHostException("no address was found, check the name");
    }
    return addresses;
  }
}
