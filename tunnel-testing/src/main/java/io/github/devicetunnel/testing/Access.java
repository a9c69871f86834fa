package io.github.devicetunnel.testing;

import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import okhttp3.Headers;

/**
 * The credentials that open tunnels.
 *
 * @param devicesByKey the devices that each access key opens; an empty set for all devices
 * @param applications the token checks by application ID
 */
record Access(Map<String, Set<String>> devicesByKey, Map<String, TokenCheck> applications) {
  void check(Headers headers, ConnectionPath path) throws RejectedException {
    String token = token(headers);
    String applicationId = Credential.of(headers).applicationId();
    if (applicationId != null) {
      checkToken(applicationId, token, path);
    } else if (!devicesOf(token).test(path.deviceId())) {
      throw RejectedException.forbidden("The access key has no access to this device");
    }
  }

  /** Returns the devices that a request for the device directory may see, by ID in lower case. */
  Predicate<String> visibleDevices(Headers headers) throws RejectedException {
    String token = token(headers);
    if (Credential.of(headers).applicationId() != null) {
      throw RejectedException.forbidden("A JWT has no access to the device directory");
    }
    return devicesOf(token);
  }

  private static String token(Headers headers) throws RejectedException {
    if (headers.get("Authorization") == null) {
      throw RejectedException.unauthorized("The header Authorization is missing");
    }
    String token = Credential.of(headers).token();
    if (token == null) {
      throw RejectedException.unauthorized("The header Authorization contains no bearer token");
    }
    return token;
  }

  private Predicate<String> devicesOf(String key) throws RejectedException {
    Set<String> devices = devicesByKey.get(key);
    if (devices == null) {
      throw RejectedException.unauthorized("The access key is not known");
    }
    return devices.isEmpty() ? id -> true : devices::contains;
  }

  private void checkToken(String applicationId, String token, ConnectionPath path)
      throws RejectedException {
    TokenCheck application = applications.get(applicationId);
    if (application == null) {
      throw RejectedException.unauthorized("The application is not known");
    }
    application.check(token, path.target());
  }
}
