package io.github.devicetunnel.internal.cloud;

import io.github.devicetunnel.internal.text.OneLine;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * The address of the cloud, for tunnels and all other requests.
 *
 * @param base the base URL, with http or https in place of ws or wss, because OkHttp requires it
 * @param path the path segments after the base of a whole URL, from {@code v3} on; otherwise empty
 */
public record CloudAddress(HttpUrl base, List<String> path) {
  private static final Pattern SCHEME = Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://.*");
  private static final int MAX_SHOWN = 100;
  private static final String EXPECTED =
      "cloudUri must be a ws, wss, http or https URL, either a base URL such as"
          + " wss://api.us-east-1.mbedcloud.com or a full URL"
          + " wss://HOST/v3/devices/DEVICE_ID/services/IP:PORT/connection, but ";

  /**
   * Parses a base URL or a whole URL.
   *
   * @throws IllegalArgumentException for any other text; the message contains no password
   */
  public static CloudAddress parse(String text) {
    HttpUrl url = parseUrl(text);
    if (!url.encodedUsername().isEmpty() || !url.encodedPassword().isEmpty()) {
      throw new IllegalArgumentException(
          EXPECTED + "it contains a user name or password; set the credential separately");
    }
    if (url.encodedQuery() != null || url.encodedFragment() != null) {
      throw invalid(text, "has a query or a fragment");
    }
    List<String> segments = url.pathSegments();
    int end = segments.size();
    if (segments.get(end - 1).isEmpty() && end > 1) {
      end--;
    }
    int v3 = segments.indexOf("v3");
    if (v3 < 0) {
      return new CloudAddress(url, List.of());
    }
    HttpUrl.Builder base = url.newBuilder();
    for (int i = segments.size() - 1; i >= v3; i--) {
      base.removePathSegment(i);
    }
    return new CloudAddress(base.build(), List.copyOf(segments.subList(v3, end)));
  }

  private static HttpUrl parseUrl(String text) {
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text, "has no scheme");
    }
    String scheme = matcher.group("scheme");
    String httpScheme =
        switch (scheme.toLowerCase(Locale.ROOT)) {
          case "ws", "http" -> "http";
          case "wss", "https" -> "https";
          default -> throw invalid(text, "has the scheme " + scheme);
        };
    HttpUrl url = HttpUrl.parse(httpScheme + text.substring(scheme.length()));
    if (url == null || text.chars().anyMatch(c -> c <= ' ' || c == '\\')) {
      throw invalid(text, "is malformed");
    }
    return url;
  }

  /** Returns an exception that describes a defect of a URL. */
  public static IllegalArgumentException invalid(String text, String defect) {
    String shown = OneLine.of(text, MAX_SHOWN);
    // Text before an @ may contain a password, which must not appear in a message.
    String safe = text.contains("@") ? "the value" : "\"" + shown + "\"";
    return new IllegalArgumentException(EXPECTED + safe + " " + defect);
  }

  /**
   * Returns whether a credential would be readable on the network: without TLS, and not to this
   * machine.
   */
  public boolean exposesCredential() {
    return !base.isHttps() && !isLoopback();
  }

  /** Returns whether the host is this machine. */
  public boolean isLoopback() {
    String host = base.host();
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("::1")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** Returns the base URL with ws or wss. */
  @Override
  public String toString() {
    return base.toString().replaceFirst("^http", "ws");
  }
}
