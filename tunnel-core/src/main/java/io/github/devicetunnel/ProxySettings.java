package io.github.devicetunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.internal.proxy.HttpProxy;
import io.github.devicetunnel.internal.proxy.ProxyServer;
import io.github.devicetunnel.internal.proxy.Socks5Proxy;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The proxy through which a client connects to the cloud. Supported are HTTP proxies (CONNECT, with
 * Basic or Digest authentication), with or without TLS to the proxy, and SOCKS5 proxies. Only the
 * proxy resolves the host name of the cloud. Each client can use a different proxy, because no
 * JVM-wide setting is changed. Immutable, with value equality; {@link #toString} omits user and
 * password.
 *
 * <pre>{@code
 * ProxySettings proxy = ProxySettings.http("proxy.example", 3128).credentials("plant", password);
 * TunnelClient.Builder builder = TunnelClient.builder().proxy(proxy);
 * }</pre>
 */
public final class ProxySettings {
  private static final Pattern URL =
      Pattern.compile("(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?<rest>[^/?#]+)/?");
  private static final Pattern DIRECT = Pattern.compile("(?i)none|direct(://)?");
  private static final String EXPECTED =
      "proxy must be none, or SCHEME://[USER:PASSWORD@]HOST:PORT with the scheme http, https or"
          + " socks5, but ";
  private static final int MAX_SOCKS_BYTES = 255;

  /** The protocol of a proxy, with its default port. */
  private enum Scheme {
    NONE(0),
    HTTP(80),
    HTTPS(443),
    SOCKS5(1080);

    private final int port;

    Scheme(int port) {
      this.port = port;
    }
  }

  private final Scheme scheme;
  private final String host;
  private final int port;
  private final @Nullable String user;
  private final String password;

  private ProxySettings(
      Scheme scheme, String host, int port, @Nullable String user, String password) {
    this.scheme = scheme;
    this.host = host;
    this.port = port;
    this.user = user;
    this.password = password;
  }

  /**
   * Returns settings for a direct connection. They override the proxy of an {@code OkHttpClient}
   * and of the JVM's system properties.
   *
   * @return settings without a proxy
   */
  public static ProxySettings none() {
    return new ProxySettings(Scheme.NONE, "", 0, null, "");
  }

  /**
   * Returns an HTTP proxy. CONNECT is used for both {@code wss} and {@code ws}.
   *
   * @param host host name or IP address, without brackets
   * @param port port from 1 to 65535
   * @return the proxy, without user and password
   * @throws IllegalArgumentException if the host or the port is invalid
   */
  public static ProxySettings http(String host, int port) {
    return new ProxySettings(Scheme.HTTP, checkedHost(host), checkedPort(port), null, "");
  }

  /**
   * Returns an HTTP proxy with TLS to the proxy itself (RFC 9110 section 4.2.2). With {@code wss},
   * the TLS connection to the cloud runs inside the TLS connection to the proxy. The client must
   * trust the certificate of the proxy through {@link TlsSettings}, an {@code OkHttpClient}, or
   * Java's default CAs. The client does not present its client certificate to the proxy, and
   * certificate pins do not apply to the proxy.
   *
   * @param host host name or IP address, without brackets; the certificate must be valid for it
   * @param port port from 1 to 65535
   * @return the proxy, without user and password
   * @throws IllegalArgumentException if the host or the port is invalid
   */
  public static ProxySettings https(String host, int port) {
    return new ProxySettings(Scheme.HTTPS, checkedHost(host), checkedPort(port), null, "");
  }

  /**
   * Returns a SOCKS5 proxy (RFC 1928; user and password as in RFC 1929).
   *
   * @param host host name or IP address, without brackets
   * @param port port from 1 to 65535
   * @return the proxy, without user and password
   * @throws IllegalArgumentException if the host or the port is invalid
   */
  public static ProxySettings socks5(String host, int port) {
    return new ProxySettings(Scheme.SOCKS5, checkedHost(host), checkedPort(port), null, "");
  }

  /**
   * Parses a proxy URL as used in {@code HTTPS_PROXY} and similar variables.
   *
   * <p>The schemes are {@code http}, {@code https} and {@code socks5}, and default to {@code http}.
   * {@code socks5h} and {@code socks} are synonyms of {@code socks5}. The default ports are 80 for
   * HTTP, 443 for HTTPS and 1080 for SOCKS5. In user and password, write {@code :}, {@code @} and
   * {@code /} as {@code %3A}, {@code %40} and {@code %2F}. The values {@code none} and {@code
   * direct} mean {@link #none}.
   *
   * @param url proxy URL, such as {@code http://user:password@host:port}
   * @return the proxy
   * @throws IllegalArgumentException if the URL is malformed or has another scheme; the message
   *     does not contain the password
   */
  public static ProxySettings parse(String url) {
    if (DIRECT.matcher(url).matches()) {
      return none();
    }
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw rejected(url, "is malformed");
    }
    String named = matcher.group("scheme");
    Scheme scheme =
        switch (named == null ? "http" : named.toLowerCase(Locale.ROOT)) {
          case "http" -> Scheme.HTTP;
          case "https" -> Scheme.HTTPS;
          // GNOME writes socks for every SOCKS proxy.
          case "socks5", "socks5h", "socks" -> Scheme.SOCKS5;
          default -> throw rejected(url, "has the scheme " + named);
        };
    String rest = matcher.group("rest");
    // OkHttp decodes escapes and validates addresses, but its default port is 80 for SOCKS, too.
    HttpUrl parsed = HttpUrl.parse("http://" + rest);
    if (parsed == null || url.chars().anyMatch(c -> c <= ' ' || c == '\\')) {
      throw rejected(url, "is malformed");
    }
    boolean hasPort = rest.matches(".*:\\d+");
    int port = hasPort ? parsed.port() : scheme.port;
    ProxySettings proxy = new ProxySettings(scheme, parsed.host(), port, null, "");
    return parsed.username().isEmpty()
        ? proxy
        : proxy.credentials(parsed.username(), parsed.password());
  }

  /**
   * Returns the proxy that environment variables define for a cloud, following the conventions of
   * curl and Go.
   *
   * <ul>
   *   <li>{@code HTTPS_PROXY} applies to {@code wss}, and {@code HTTP_PROXY} to {@code ws}. {@code
   *       ALL_PROXY} applies if the specific variable is not set.
   *   <li>Each name may also be in lower case. The upper-case variable takes precedence.
   *   <li>An empty variable counts as not set.
   *   <li>The value {@code none} or {@code direct} means no proxy and overrides {@code ALL_PROXY}.
   *   <li>A cloud on a loopback address, or one that {@code NO_PROXY} lists, is reached directly.
   * </ul>
   *
   * <p>The entries of {@code NO_PROXY} are separated by commas, semicolons or whitespace. An entry
   * is {@code *} for all hosts, a domain name, which includes its subdomains, {@code *} followed by
   * the end of a name, an IP address, or an address block in CIDR notation. Every entry except an
   * address block may end with a port.
   *
   * @param environment environment variables, such as {@link System#getenv()}
   * @param cloudUri URI of the cloud, as for {@link TunnelClient.Builder#cloudUri}
   * @return the proxy, or empty for a direct connection
   * @throws IllegalArgumentException if the cloud URI or the value of the variable is malformed;
   *     for a variable, the message contains its name
   */
  public static Optional<ProxySettings> fromEnvironment(
      Map<String, String> environment, String cloudUri) {
    return new ProxyEnvironment(environment)
        .variableFor(CloudUri.parse(cloudUri))
        .map(ProxySettings::parse)
        .filter(proxy -> !proxy.isNone());
  }

  private static ProxySettings parse(ProxyEnvironment.Variable variable) {
    try {
      return parse(variable.value());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + " (the value of " + variable.name() + ")", e);
    }
  }

  /**
   * Returns a copy of this proxy with a user and a password.
   *
   * @param user user name; not empty, and without a colon for HTTP
   * @param password password; may be empty
   * @return the proxy with user and password
   * @throws IllegalArgumentException if the user is empty, or the protocol of the proxy cannot
   *     carry the user or the password; the message contains neither
   * @throws IllegalStateException if this is {@link #none}
   */
  public ProxySettings credentials(String user, String password) {
    if (isNone()) {
      throw new IllegalStateException("proxy is none, which has no user name and password");
    }
    checkText("user", user);
    checkText("password", password);
    if (user.isEmpty()) {
      throw new IllegalArgumentException("proxy user is empty");
    }
    if (scheme != Scheme.SOCKS5 && user.contains(":")) {
      throw new IllegalArgumentException(
          "proxy user contains a colon, which HTTP does not allow; use another user, or SOCKS5");
    }
    return new ProxySettings(scheme, host, port, user, password);
  }

  private void checkText(String name, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("proxy " + name + " contains a control character");
    }
    if (scheme == Scheme.SOCKS5 && value.getBytes(UTF_8).length > MAX_SOCKS_BYTES) {
      throw new IllegalArgumentException(
          "proxy " + name + " is longer than 255 bytes, the limit of SOCKS5");
    }
  }

  private static String checkedHost(String host) {
    HttpUrl url = HttpUrl.parse("http://" + (host.contains(":") ? "[" + host + "]" : host));
    if (url == null || !url.encodedPath().equals("/") || host.matches(".*[@?#/].*")) {
      throw new IllegalArgumentException(
          "proxy host must be a name or an IP address, but is \"" + Target.shown(host) + "\"");
    }
    return url.host();
  }

  private static int checkedPort(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("proxy port must be from 1 to 65535, but is " + port);
    }
    return port;
  }

  private static IllegalArgumentException rejected(String url, String defect) {
    // The text before an @ may be a password, which must not appear in a message.
    String safe = url.contains("@") ? "the value" : "\"" + Target.shown(url) + "\"";
    return new IllegalArgumentException(EXPECTED + safe + " " + defect);
  }

  boolean isNone() {
    return scheme == Scheme.NONE;
  }

  boolean usesTls() {
    return scheme == Scheme.HTTPS;
  }

  /** Returns null for {@link #none}. */
  @Nullable ProxyServer server() {
    return switch (scheme) {
      case NONE -> null;
      case HTTP, HTTPS -> new HttpProxy(usesTls(), host, port, user, password);
      case SOCKS5 -> new Socks5Proxy(host, port, user, password);
    };
  }

  /** Returns whether both have the same scheme, host, port, user and password. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ProxySettings that
        && scheme == that.scheme
        && host.equals(that.host)
        && port == that.port
        && Objects.equals(user, that.user)
        && password.equals(that.password);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, host, port, user, password);
  }

  /** Returns scheme, host and port, or {@code none}, without user and password. */
  @Override
  public String toString() {
    ProxyServer server = server();
    return server == null ? "none" : scheme.name().toLowerCase(Locale.ROOT) + "://" + server;
  }
}
