package io.github.devicetunnel.testing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The credential of a request.
 *
 * @param token the secret; null if there is no bearer token
 * @param applicationId the application ID; null if there is none. An empty one, as the previous
 *     client sends it, counts as none
 */
record Credential(@Nullable String token, @Nullable String applicationId) {
  private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(\\S+)");

  static Credential of(Headers headers) {
    String authorization = headers.get("Authorization");
    Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
    String application = headers.get("X-Application-ID");
    return new Credential(
        bearer.matches() ? bearer.group(1) : null,
        application == null || application.isBlank() ? null : application);
  }

  CredentialKind kind() {
    if (token == null) {
      return CredentialKind.NONE;
    }
    return applicationId == null ? CredentialKind.ACCESS_KEY : CredentialKind.JWT;
  }

  @Override
  public String toString() {
    return kind() + (applicationId == null ? "" : " of " + applicationId);
  }
}
