package io.github.devicetunnel;

import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What proves to the cloud that a tunnel may be opened: an access key, or a JWT together with the
 * application whose verification key checks it. Immutable; {@link #toString} hides the secret.
 */
public final class Credentials {
  private final String token;
  private final @Nullable String applicationId;

  private Credentials(String token, @Nullable String applicationId) {
    this.token = token;
    this.applicationId = applicationId;
  }

  /**
   * An access key, such as the portal makes ({@code ak_…}).
   *
   * @param key the secret
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException when it is empty or could not stand in an HTTP header
   */
  public static Credentials apiKey(String key) {
    return new Credentials(checked("apiKey", key), null);
  }

  /**
   * A JSON web token, signed with the key of an application.
   *
   * @param applicationId sent as {@code X-Application-ID}
   * @param token the secret, as it is sent
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException when either is empty or could not stand in an HTTP header
   */
  public static Credentials jwt(String applicationId, String token) {
    return new Credentials(checked("token", token), checked("applicationId", applicationId));
  }

  /** Never says the value: it is a secret, even when it is a wrong one. */
  private static String checked(String parameter, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(parameter + " is empty");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c > '~') {
        String what =
            switch (c) {
              case '\n', '\r' -> "a line break";
              case ' ', '\t' -> "a blank";
              default -> "a character that is not printable ASCII";
            };
        throw new IllegalArgumentException(
            parameter + " has " + what + " at position " + (i + 1) + " of " + value.length());
      }
    }
    return value;
  }

  void addTo(Headers.Builder headers) {
    headers.set("Authorization", "Bearer " + token);
    if (applicationId != null) {
      headers.set("X-Application-ID", applicationId);
    }
  }

  /** The kind of credential, without the secret. */
  @Override
  public String toString() {
    return applicationId == null
        ? "Credentials[access key]"
        : "Credentials[JWT of application " + applicationId + "]";
  }
}
