package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.text.HostPort;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/** A proxy, and its protocol for opening a connection to another host. Thread-safe. */
public abstract sealed class ProxyServer permits HttpProxy, Socks5Proxy {
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*|[\\d.]+");
  private static final int MAX_TEXT = 80;

  private final String host;
  private final int port;

  ProxyServer(String host, int port) {
    this.host = host;
    this.port = port;
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  /** Returns whether the connection to the proxy itself uses TLS. */
  public boolean usesTls() {
    return false;
  }

  /**
   * Requests a connection to a host over a new connection to the proxy. Bytes sent afterwards go to
   * that host. The proxy resolves host names.
   *
   * @param host a name, or an IP address without brackets
   * @throws ProxyException if the proxy rejected the request, or its response is invalid
   */
  abstract void openConnection(InputStream in, OutputStream out, String host, int port)
      throws IOException;

  /** Returns a permanent failure: the proxy rejected the request, or its response is invalid. */
  final ProxyException rejection(String what) {
    return new ProxyException("the proxy " + this + " " + what, true, null);
  }

  /** Returns a permanent failure with a cause; see {@link #rejection(String)}. */
  final ProxyException rejection(String what, IOException cause) {
    return new ProxyException("the proxy " + this + " " + what, true, cause);
  }

  /** Returns a failure that may be temporary. */
  final ProxyException failure(String what) {
    return new ProxyException("the proxy " + this + " " + what, false, null);
  }

  final ProxyException failure(String what, IOException cause) {
    return new ProxyException(
        "the proxy " + this + " " + what + ": " + cause.getMessage(), false, cause);
  }

  /** Returns a failure that may be temporary, with the fix after the message of the cause. */
  final ProxyException failure(String what, String fix, IOException cause) {
    return new ProxyException(
        "the proxy " + this + " " + what + ": " + cause.getMessage() + "; " + fix, false, cause);
  }

  /** Returns whether a host is an IP address, for which no DNS lookup is needed. */
  public static boolean isAddress(String host) {
    return ADDRESS.matcher(host).matches();
  }

  /** Returns text of the proxy in a form that is safe for one line of a message. */
  static String shown(String text) {
    return OneLine.words(text, MAX_TEXT);
  }

  /** Returns the unresolved host and port. */
  public final InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(host, port);
  }

  /** Returns host and port, never the user or password. */
  @Override
  public String toString() {
    return HostPort.of(host, port);
  }
}
