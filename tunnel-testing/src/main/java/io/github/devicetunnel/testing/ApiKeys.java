package io.github.devicetunnel.testing;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;

/**
 * The access keys that are taken.
 *
 * @param devicesByKey for each key the devices that it opens; none for all
 */
record ApiKeys(Map<String, Set<String>> devicesByKey) {
  private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(\\S+)");

  void check(Headers headers, ConnectionPath path) throws RefusedException {
    String authorization = headers.get("Authorization");
    if (authorization == null) {
      throw ServiceError.notAuthenticated("The header Authorization is missing");
    }
    Matcher bearer = BEARER.matcher(authorization);
    if (!bearer.matches()) {
      throw ServiceError.notAuthenticated("The header Authorization holds no bearer token");
    }
    Set<String> devices = devicesByKey.get(bearer.group(1));
    if (devices == null) {
      throw ServiceError.notAuthenticated("The access key is not known");
    }
    if (!devices.isEmpty() && !devices.contains(path.deviceId())) {
      throw ServiceError.accessDenied("The access key does not open this device");
    }
  }
}
