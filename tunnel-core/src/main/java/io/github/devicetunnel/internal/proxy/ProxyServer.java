package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.text.HostPort;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/** A proxy, and how it is asked for a connection to somebody else. From any thread. */
public abstract sealed class ProxyServer permits HttpProxy, Socks5Proxy {
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*|[\\d.]+");
  private static final int LONGEST_TEXT = 80;

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

  /** Returns whether the connection to the proxy itself is encrypted. */
  public boolean usesTls() {
    return false;
  }

  /**
   * Asks on a new connection to the proxy. What goes over it afterwards goes to that host. Names
   * are the proxy's to look up.
   *
   * @param host a name, or an IP address without brackets
   * @throws ProxyException when the proxy refused, or answered what cannot be understood
   */
  abstract void ask(InputStream in, OutputStream out, String host, int port) throws IOException;

  /** It answered no, or nonsense, and would do so again. */
  final ProxyException refusal(String what) {
    return new ProxyException("the proxy " + this + " " + what, true, null);
  }

  /** As {@link #refusal(String)}, for a failure that is known. */
  final ProxyException refusal(String what, IOException cause) {
    return new ProxyException("the proxy " + this + " " + what, true, cause);
  }

  /** It failed this time. */
  final ProxyException failure(String what) {
    return new ProxyException("the proxy " + this + " " + what, false, null);
  }

  final ProxyException failure(String what, IOException cause) {
    return new ProxyException(
        "the proxy " + this + " " + what + ": " + cause.getMessage(), false, cause);
  }

  /** Whether a host is an IP address, and not a name: then no DNS is asked for it. */
  public static boolean isAddress(String host) {
    return ADDRESS.matcher(host).matches();
  }

  /** What a proxy said, fit for one line. */
  static String shown(String text) {
    return OneLine.words(text, LONGEST_TEXT);
  }

  /** Returns host and port, not resolved. */
  public final InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(host, port);
  }

  /** Where it is; never user or password. */
  @Override
  public String toString() {
    return HostPort.of(host, port);
  }
}
