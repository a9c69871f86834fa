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
 * A {@link Dns} that resolves every name to the addresses of the proxy. The proxy resolves the
 * cloud's name, which this machine may be unable to resolve. OkHttp tries the addresses in turn.
 * Each address carries the cloud's name.
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

  /** Returns the addresses of the proxy, at least one. */
  List<InetAddress> proxyAddresses(@Nullable DialProgress dial) throws UnknownHostException {
    String host = proxy.host();
    if (ProxyServer.isAddress(host)) {
      return List.of(InetAddress.getByName(host));
    }
    List<InetAddress> addresses = List.of();
    try {
      addresses = dns.lookup(host, dial);
    } catch (UnknownHostException e) {
      // A cause means that the lookup was cancelled, interrupted or failed internally. Otherwise
      // throw a fixed message, because the system's message changes when a lookup is repeated.
      if (e.getCause() != null) {
        throw e;
      }
    }
    if (addresses.isEmpty()) {
      throw new UnknownHostException("no address found");
    }
    return addresses;
  }
}
