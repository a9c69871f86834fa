package io.github.devicetunnel.testing;

import java.util.Map;
import java.util.Set;
import okhttp3.Headers;

/**
 * The credentials that open tunnels.
 *
 * @param devicesByKey the devices that each access key opens; an empty set for all devices
 * @param applications the token checks by application ID
 */
record Access(Map<String, Set<String>> devicesByKey, Map<String, TokenCheck> applications) {
  void check(Headers headers, ConnectionPath path) throws RejectedException {
    if (headers.get("Authorization") == null) {
      throw RejectedException.unauthorized("The header Authorization is missing");
    }
    Credential credential = Credential.of(headers);
    String token = credential.token();
    if (token == null) {
      throw RejectedException.unauthorized("The header Authorization contains no bearer token");
    }
    if (credential.applicationId() == null) {
      checkKey(token, path);
    } else {
      checkToken(credential.applicationId(), token, path);
    }
  }

  private void checkKey(String key, ConnectionPath path) throws RejectedException {
    Set<String> devices = devicesByKey.get(key);
    if (devices == null) {
      throw RejectedException.unauthorized("The access key is not known");
    }
    if (!devices.isEmpty() && !devices.contains(path.deviceId())) {
      throw RejectedException.forbidden("The access key has no access to this device");
    }
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
