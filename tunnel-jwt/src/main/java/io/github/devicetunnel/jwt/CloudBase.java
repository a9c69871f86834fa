package io.github.devicetunnel.jwt;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Where the cloud's REST calls are: the same place as its tunnels.
 *
 * @param url with http or https, and what stands in front of {@code /v3}
 */
record CloudBase(HttpUrl url) {
  private static final Pattern SCHEME = Pattern.compile("(?i)(ws|http)(s?)(://.*)");
  private static final Pattern APPLICATION_ID = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]*");
  private static final String EXPECTED =
      "cloudUri must be a wss or https URL, such as wss://api.us-east-1.mbedcloud.com, but ";

  /** Takes the whole URL of a connection, too: what follows the base is cut off. */
  static CloudBase parse(String text) {
    Matcher matcher = SCHEME.matcher(text);
    HttpUrl url =
        matcher.matches() ? HttpUrl.parse("http" + matcher.group(2) + matcher.group(3)) : null;
    if (text.contains("@")) {
      throw new IllegalArgumentException(EXPECTED + "it holds a user or password");
    }
    if (url == null) {
      throw new IllegalArgumentException(EXPECTED + "is " + Text.quoted(text));
    }
    List<String> segments = url.pathSegments();
    HttpUrl.Builder base = url.newBuilder().query(null).fragment(null);
    int v3 = segments.indexOf("v3");
    for (int i = segments.size() - 1; v3 >= 0 && i >= v3; i--) {
      base.removePathSegment(i);
    }
    return new CloudBase(base.build());
  }

  HttpUrl verificationKeys(String applicationId) {
    if (!APPLICATION_ID.matcher(applicationId).matches()) {
      throw new IllegalArgumentException(
          "applicationId must be letters and digits, but is " + Text.quoted(applicationId));
    }
    return url.newBuilder()
        .addPathSegments("v3/applications")
        .addPathSegment(applicationId)
        .addPathSegment("verification-keys")
        .build();
  }

  /** Whether a credential may be read on the way: not encrypted, and not to this machine. */
  boolean exposesCredential() {
    String host = url.host();
    return !url.isHttps()
        && !host.equals("localhost")
        && !host.endsWith(".localhost")
        && !host.equals("::1")
        && !host.matches("127(\\.\\d{1,3}){3}");
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
