package io.github.devicetunnel;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What proves to the cloud that a tunnel may be opened: an access key, or a JWT together with the
 * application whose verification key checks it. Each may be given once and for all, or come from a
 * {@link TokenSource} that is asked for every dial. Immutable; {@link #toString} hides the secret.
 *
 * <p>A JWT that can be seen to open nothing is refused before anything is dialled: one that has
 * expired, is not valid yet, has no claim {@code exp}, or whose claims name another device, IP
 * address or port. Clocks may be a minute apart.
 */
public final class Credentials {
  private static final String SCHEME = "Bearer ";
  private static final String MISSING = "is missing";
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String ACCESS_KEY_PREFIX = "ak_";

  private final TokenSource source;
  private final @Nullable String fixedToken;
  private final @Nullable String applicationId;

  private Credentials(TokenSource source, @Nullable String applicationId) {
    this.source = source;
    this.fixedToken = null;
    this.applicationId = applicationId;
  }

  private Credentials(String fixedToken, @Nullable String applicationId) {
    this.source = request -> fixedToken;
    this.fixedToken = fixedToken;
    this.applicationId = applicationId;
  }

  /**
   * An access key, such as the portal makes ({@code ak_…}).
   *
   * @param key the secret
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException when it is empty, could not stand in an HTTP header, or is a
   *     JWT
   */
  public static Credentials apiKey(String key) {
    check("apiKey", keyDefect(key));
    return new Credentials(key, null);
  }

  /**
   * Access keys from somewhere else.
   *
   * @param source asked for every dial
   * @return credentials for {@link TunnelClient.Builder#credentials}
   */
  public static Credentials apiKey(TokenSource source) {
    return new Credentials(Objects.requireNonNull(source, "source"), null);
  }

  /**
   * A JSON web token, signed with the key of an application.
   *
   * @param applicationId sent as {@code X-Application-ID}
   * @param token the secret, as it is sent
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException when either is empty or could not stand in an HTTP header, or
   *     the token is no JWT
   */
  public static Credentials jwt(String applicationId, String token) {
    check("token", jwtDefect(token));
    check("applicationId", headerDefect(applicationId));
    return new Credentials(token, applicationId);
  }

  /**
   * JSON web tokens from somewhere else.
   *
   * @param applicationId sent as {@code X-Application-ID}
   * @param source asked for every dial
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException when the application's ID is empty or could not stand in an
   *     HTTP header
   */
  public static Credentials jwt(String applicationId, TokenSource source) {
    check("applicationId", headerDefect(applicationId));
    return new Credentials(Objects.requireNonNull(source, "source"), applicationId);
  }

  private static void check(String parameter, @Nullable String defect) {
    if (defect != null) {
      throw new IllegalArgumentException(parameter + " " + defect);
    }
  }

  // What is wrong with a value, as the rest of a sentence. Never the value: it is a secret, even
  // when it is a wrong one.

  private static @Nullable String keyDefect(@Nullable String key) {
    if (key != null && JwtClaims.isJwt(key)) {
      return "is a JWT, which needs the ID of the application whose key checks it:"
          + " use Credentials.jwt(applicationId, token)";
    }
    return headerDefect(key);
  }

  private static @Nullable String jwtDefect(@Nullable String token) {
    if (token == null) {
      return MISSING;
    }
    if (token.startsWith(ACCESS_KEY_PREFIX)) {
      return "is an access key (ak_...), which goes without the ID of an application:"
          + " use Credentials.apiKey(key)";
    }
    String defect = headerDefect(token);
    if (defect == null && JwtClaims.parse(token) == null) {
      return "is no JWT, which is three parts in base64url with dots between them, the second of"
          + " them a JSON object: copy it again, the whole of it";
    }
    return defect;
  }

  /** Detects what an editor or shell adds to a value, and what not every reader removes. */
  private static @Nullable String formDefect(String value) {
    char first = value.charAt(0);
    if (first == BYTE_ORDER_MARK) {
      return "begins with a byte order mark: save the file without it";
    }
    if (value.indexOf('\0') >= 0) {
      return "is in UTF-16: save the file in UTF-8";
    }
    if (value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return "begins with Bearer, which is the scheme of the header: leave it out";
    }
    boolean quoted = first == '"' || first == '\'';
    return quoted && value.length() > 1 && value.charAt(value.length() - 1) == first
        ? "is in quotes, which docker --env-file and systemd may keep: leave them out"
        : null;
  }

  private static @Nullable String headerDefect(@Nullable String value) {
    if (value == null) {
      return MISSING;
    }
    if (value.isEmpty()) {
      return "is empty: copy it again";
    }
    String form = formDefect(value);
    if (form != null) {
      return form;
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
        return "has "
            + what
            + " at position "
            + (i + 1)
            + " of "
            + value.length()
            + ": copy it again";
      }
    }
    return null;
  }

  /**
   * Why a token opens no tunnel to the target, as the rest of a sentence; null when only the cloud
   * can tell.
   */
  @Nullable String defect(String token, Target target, Instant now) {
    if (applicationId == null) {
      return keyDefect(token);
    }
    String defect = jwtDefect(token);
    JwtClaims claims = defect == null ? JwtClaims.parse(token) : null;
    return claims == null ? defect : claims.defect(target, now);
  }

  TokenSource source() {
    return source;
  }

  /** The token when it is always the same, so that there is no sense in asking for another. */
  @Nullable String fixedToken() {
    return fixedToken;
  }

  boolean isFixed() {
    return fixedToken != null;
  }

  @Nullable String applicationId() {
    return applicationId;
  }

  /** The kind of credential, without the secret. */
  @Override
  public String toString() {
    String from = fixedToken == null ? " from a source" : "";
    return applicationId == null
        ? "Credentials[access key" + from + "]"
        : "Credentials[JWT of application " + applicationId + from + "]";
  }
}
