package io.github.devicetunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.internal.proxy.HttpProxy;
import io.github.devicetunnel.internal.proxy.ProxyServer;
import io.github.devicetunnel.internal.proxy.Socks5Proxy;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on the way to the cloud: HTTP, by CONNECT and with Basic or Digest, the same with TLS to
 * the proxy itself, or SOCKS5. The name of the cloud is looked up by the proxy, and by nobody else.
 * Nothing of the JVM is changed, so each client may have another proxy. Immutable; {@link
 * #toString} hides user and password.
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
      "proxy must be none, or http://USER:PASSWORD@HOST:PORT or the same with https or socks5, with"
          + " or without USER:PASSWORD@, but ";
  private static final int LONGEST_IN_SOCKS = 255;

  /** What a proxy speaks, with its default port. */
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
   * Connects directly, also where an {@code OkHttpClient} or system properties of the JVM name a
   * proxy.
   *
   * @return a setting in place of a proxy
   */
  public static ProxySettings none() {
    return new ProxySettings(Scheme.NONE, "", 0, null, "");
  }

  /**
   * An HTTP proxy, which is asked by CONNECT for {@code wss} and {@code ws} alike.
   *
   * @param host a name or an IP address, without brackets
   * @param port from 1 to 65535
   * @return the proxy, without user and password
   * @throws IllegalArgumentException for anything else
   */
  public static ProxySettings http(String host, int port) {
    return new ProxySettings(Scheme.HTTP, checkedHost(host), checkedPort(port), null, "");
  }

  /**
   * An HTTP proxy that is connected to in TLS (RFC 9110 section 4.2.2). The TLS to the cloud, with
   * {@code wss}, is inside the TLS to the proxy. The proxy must present a certificate for its host
   * that the client trusts: by {@link TlsSettings}, an {@code OkHttpClient}, or the authorities of
   * Java. The proxy never gets a client certificate, and pins do not apply to it.
   *
   * @param host a name or an IP address, without brackets; the certificate must be for it
   * @param port from 1 to 65535
   * @return the proxy, without user and password
   * @throws IllegalArgumentException for anything else
   */
  public static ProxySettings https(String host, int port) {
    return new ProxySettings(Scheme.HTTPS, checkedHost(host), checkedPort(port), null, "");
  }

  /**
   * A SOCKS5 proxy.
   *
   * @param host a name or an IP address, without brackets
   * @param port from 1 to 65535
   * @return the proxy, without user and password
   * @throws IllegalArgumentException for anything else
   */
  public static ProxySettings socks5(String host, int port) {
    return new ProxySettings(Scheme.SOCKS5, checkedHost(host), checkedPort(port), null, "");
  }

  /**
   * Reads what {@code HTTPS_PROXY} and its like hold.
   *
   * @param url {@code http://user:password@host:port}, or the same with {@code https}, or with
   *     {@code socks5}, {@code socks5h} or {@code socks}, which are one here; no scheme is http. A
   *     {@code :}, {@code @} or {@code /} in user or password is written {@code %3A}, {@code %40},
   *     {@code %2F}. Without a port it is 80 for http, 443 for https and 1080 for SOCKS5. {@code
   *     none} and {@code direct} are {@link #none}
   * @return the proxy
   * @throws IllegalArgumentException for anything else; the message repeats no password
   */
  public static ProxySettings parse(String url) {
    if (DIRECT.matcher(url).matches()) {
      return none();
    }
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw refused(url, "is malformed");
    }
    String named = matcher.group("scheme");
    Scheme scheme =
        switch (named == null ? "http" : named.toLowerCase(Locale.ROOT)) {
          case "http" -> Scheme.HTTP;
          case "https" -> Scheme.HTTPS;
          // GNOME writes the last one, for whatever the user has set.
          case "socks5", "socks5h", "socks" -> Scheme.SOCKS5;
          default -> throw refused(url, "has the scheme " + named);
        };
    String rest = matcher.group("rest");
    // A dialect of URLs with every escape and address; its default port would be 80 for SOCKS too.
    HttpUrl parsed = HttpUrl.parse("http://" + rest);
    if (parsed == null || url.chars().anyMatch(c -> c <= ' ' || c == '\\')) {
      throw refused(url, "is malformed");
    }
    boolean hasPort = rest.matches(".*:\\d+");
    int port = hasPort ? parsed.port() : scheme.port;
    ProxySettings proxy = new ProxySettings(scheme, parsed.host(), port, null, "");
    return parsed.username().isEmpty()
        ? proxy
        : proxy.credentials(parsed.username(), parsed.password());
  }

  /**
   * The proxy that environment variables name for a cloud, as curl and Go's programs read them:
   * {@code HTTPS_PROXY} for {@code wss}, {@code HTTP_PROXY} for {@code ws}, {@code ALL_PROXY} where
   * there is neither, in capitals or small letters. There is none for this machine itself, nor for
   * what {@code NO_PROXY} lists, separated by commas, semicolons or blanks: {@code *} for all,
   * names with their subdomains, {@code *} and the end of a name, addresses, blocks of addresses in
   * CIDR notation; each but the last with or without a port. An empty variable counts as not set.
   * The value {@code none} or {@code direct} means no proxy, whatever {@code ALL_PROXY} holds.
   *
   * @param environment {@link System#getenv()}
   * @param cloudUri as {@link TunnelClient.Builder#cloudUri} takes it
   * @return the proxy, or nothing where the way is direct
   * @throws IllegalArgumentException when the variable is malformed, which the message names
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
   * The same proxy with a user.
   *
   * @param user not empty; without a colon for HTTP
   * @param password may be empty
   * @return another value
   * @throws IllegalArgumentException when the proxy's protocol cannot carry them; the message
   *     repeats neither
   * @throws IllegalStateException for {@link #none}
   */
  public ProxySettings credentials(String user, String password) {
    if (isNone()) {
      throw new IllegalStateException("proxy is none, so there is no user and no password");
    }
    checkText("user", user);
    checkText("password", password);
    if (user.isEmpty()) {
      throw new IllegalArgumentException("proxy user is empty");
    }
    if (scheme != Scheme.SOCKS5 && user.contains(":")) {
      throw new IllegalArgumentException(
          "proxy user has a colon, which HTTP cannot carry: use another one, or SOCKS5");
    }
    return new ProxySettings(scheme, host, port, user, password);
  }

  private void checkText(String name, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("proxy " + name + " has a control character");
    }
    if (scheme == Scheme.SOCKS5 && value.getBytes(UTF_8).length > LONGEST_IN_SOCKS) {
      throw new IllegalArgumentException(
          "proxy " + name + " is longer than 255 bytes, which SOCKS5 cannot carry");
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

  private static IllegalArgumentException refused(String url, String defect) {
    // A password may stand before an @; a message must not show it.
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

  /** Scheme, host and port, or {@code none}; neither user nor password. */
  @Override
  public String toString() {
    ProxyServer server = server();
    return server == null ? "none" : scheme.name().toLowerCase(Locale.ROOT) + "://" + server;
  }
}
