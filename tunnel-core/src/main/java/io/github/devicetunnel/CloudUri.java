package io.github.devicetunnel;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where the tunnelling service is.
 *
 * @param base with http or https in place of ws or wss, which OkHttp wants
 * @param target set when a whole connection URL was given
 */
record CloudUri(HttpUrl base, @Nullable Target target) {
  private static final Pattern SCHEME = Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://.*");
  private static final String EXPECTED =
      "cloudUri must be a ws, wss, http or https URL, either the base such as"
          + " wss://api.us-east-1.mbedcloud.com or the whole"
          + " wss://HOST/v3/devices/DEVICE_ID/services/IP:PORT/connection, but ";

  static CloudUri parse(String text) {
    HttpUrl url = parseUrl(text);
    if (!url.encodedUsername().isEmpty() || !url.encodedPassword().isEmpty()) {
      throw new IllegalArgumentException(
          EXPECTED + "it holds a user or password, which belong into credentials");
    }
    if (url.encodedQuery() != null || url.encodedFragment() != null) {
      throw refused(text, "has a query or a fragment");
    }
    List<String> segments = url.pathSegments();
    int last = segments.size() - 1;
    if (segments.get(last).isEmpty() && last > 0) {
      last--;
    }
    int v3 = segments.indexOf("v3");
    if (v3 < 0) {
      return new CloudUri(url, null);
    }
    List<String> api = segments.subList(v3, last + 1);
    if (api.size() != 6
        || !api.get(1).equals("devices")
        || !api.get(3).equals("services")
        || !api.get(5).equals("connection")) {
      throw refused(text, "has only a part of a connection's path");
    }
    Target target = new Target(api.get(2), api.get(4));
    HttpUrl.Builder base = url.newBuilder();
    for (int i = segments.size() - 1; i >= v3; i--) {
      base.removePathSegment(i);
    }
    return new CloudUri(base.build(), target);
  }

  private static HttpUrl parseUrl(String text) {
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      throw refused(text, "has no scheme");
    }
    String scheme = matcher.group("scheme");
    String httpScheme =
        switch (scheme.toLowerCase(Locale.ROOT)) {
          case "ws", "http" -> "http";
          case "wss", "https" -> "https";
          default -> throw refused(text, "has the scheme " + scheme);
        };
    HttpUrl url = HttpUrl.parse(httpScheme + text.substring(scheme.length()));
    if (url == null || text.chars().anyMatch(c -> c <= ' ' || c == '\\')) {
      throw refused(text, "is malformed");
    }
    return url;
  }

  private static IllegalArgumentException refused(String text, String defect) {
    // A password may stand before an @; a message must not show it.
    String safe = text.contains("@") ? "the value" : "\"" + Target.shown(text) + "\"";
    return new IllegalArgumentException(EXPECTED + safe + " " + defect);
  }

  /** The URL of one connection: the address stays one path segment, even in IPv6. */
  HttpUrl connection(Target target) {
    String address = target.serviceAddress().replace("%", "%25");
    return base.newBuilder()
        .addPathSegments("v3/devices")
        .addPathSegment(target.deviceId())
        .addPathSegment("services")
        .addEncodedPathSegment(address.replace("[", "%5B").replace("]", "%5D"))
        .addPathSegment("connection")
        .build();
  }

  /** Whether a credential may be read on the way: not encrypted, and not to this machine. */
  boolean exposesCredential() {
    return !base.isHttps() && !isLoopback();
  }

  /** Whether it is this machine. */
  boolean isLoopback() {
    String host = base.host();
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("::1")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  @Override
  public String toString() {
    return base.toString().replaceFirst("^http", "ws");
  }
}
