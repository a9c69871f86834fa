package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The credential that authenticates an upgrade: an access key, or a JWT with the ID of the
 * application whose key verifies it. Either is a fixed value, or comes from a {@link TokenSource}
 * that is called for each dial. Immutable, with value equality; {@link #toString} omits the secret.
 *
 * <p>Each dial first checks a JWT without contacting the cloud. The dial fails if the JWT has
 * expired, is not valid yet, has no {@code exp} claim, or names another device, IP address or port.
 * Clocks may differ by up to 60 seconds.
 */
public final class Credentials {
  private static final String SCHEME = "Bearer ";
  private static final String MISSING = "is missing";
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String ACCESS_KEY_PREFIX = "ak_";

  /** Maximum number of calls of a source that have not returned. */
  static final int MAX_RUNNING = 8;

  private final TokenSource source;
  private final Admission running = new Admission(MAX_RUNNING);
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
   * Returns credentials for an access key ({@code ak_…}), as created in the portal.
   *
   * @param key the secret access key
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException if the key is empty, contains a space or a character that is
   *     not printable ASCII, is quoted, starts with {@code Bearer}, or is a JWT; the message does
   *     not contain the key
   */
  public static Credentials apiKey(String key) {
    check("apiKey", keyDefect(key));
    return new Credentials(key, null);
  }

  /**
   * Returns credentials for access keys from a source.
   *
   * @param source called for each dial
   * @return credentials for {@link TunnelClient.Builder#credentials}
   */
  public static Credentials apiKey(TokenSource source) {
    return new Credentials(Objects.requireNonNull(source, "source"), null);
  }

  /**
   * Returns credentials for a JSON Web Token that is signed with the key of an application.
   *
   * @param applicationId application ID, sent as {@code X-Application-ID}
   * @param token the secret token, without {@code Bearer}
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException if either value is empty, contains a space or a character that
   *     is not printable ASCII, is quoted, or starts with {@code Bearer}, or if the token is not a
   *     JWT; the message does not contain the token
   */
  public static Credentials jwt(String applicationId, String token) {
    check("token", jwtDefect(token));
    check("applicationId", headerDefect(applicationId));
    return new Credentials(token, applicationId);
  }

  /**
   * Returns credentials for JSON Web Tokens from a source.
   *
   * @param applicationId application ID, sent as {@code X-Application-ID}
   * @param source called for each dial
   * @return credentials for {@link TunnelClient.Builder#credentials}
   * @throws IllegalArgumentException if the application ID is empty, contains a space or a
   *     character that is not printable ASCII, is quoted, or starts with {@code Bearer}
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

  // A defect completes a sentence whose subject is the value. It never contains the value, because
  // even an invalid value can be a secret.

  private static @Nullable String keyDefect(@Nullable String key) {
    if (key != null && JwtClaims.isJwt(key)) {
      return "is a JWT, which requires an application ID;"
          + " use Credentials.jwt(applicationId, token)";
    }
    return headerDefect(key);
  }

  private static @Nullable String jwtDefect(@Nullable String token) {
    if (token == null) {
      return MISSING;
    }
    if (token.startsWith(ACCESS_KEY_PREFIX)) {
      return "is an access key (ak_...), which is sent without an application ID;"
          + " use Credentials.apiKey(key)";
    }
    String defect = headerDefect(token);
    if (defect == null && JwtClaims.parse(token) == null) {
      return "is not a JWT (three base64url parts separated by dots, the second a JSON object);"
          + " copy the whole token again";
    }
    return defect;
  }

  /** Detects characters that editors, shells and configuration files add to a value. */
  private static @Nullable String formDefect(String value) {
    char first = value.charAt(0);
    if (first == BYTE_ORDER_MARK) {
      return "begins with a byte order mark; save the file without it";
    }
    if (value.indexOf('\0') >= 0) {
      return "is encoded in UTF-16; save the file in UTF-8";
    }
    if (value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return "begins with Bearer, the scheme of the header; remove it";
    }
    boolean quoted = first == '"' || first == '\'';
    return quoted && value.length() > 1 && value.charAt(value.length() - 1) == first
        ? "is in quotes, which docker --env-file and systemd may keep; remove them"
        : null;
  }

  private static @Nullable String headerDefect(@Nullable String value) {
    if (value == null) {
      return MISSING;
    }
    if (value.isEmpty()) {
      return "is empty; copy it again";
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
              case ' ', '\t' -> "a space or tab";
              default -> "a character that is not printable ASCII";
            };
        return "contains "
            + what
            + " at position "
            + (i + 1)
            + " of "
            + value.length()
            + "; copy it again";
      }
    }
    return null;
  }

  /**
   * Returns why the token is unusable for the target, as the rest of a sentence, or null if only
   * the cloud can decide.
   *
   * @param target null for a request to the REST API, which requires an access key
   */
  @Nullable String defect(String token, @Nullable Target target, Instant now) {
    if (applicationId == null) {
      return keyDefect(token);
    }
    String defect = jwtDefect(token);
    JwtClaims claims = defect == null ? JwtClaims.parse(token) : null;
    return claims == null || target == null ? defect : claims.defect(target, now);
  }

  /** Returns the kind of credential as a noun phrase for messages. */
  String noun() {
    return applicationId == null ? "the access key" : "the token";
  }

  TokenSource source() {
    return source;
  }

  /** Returns the fixed token, or null if tokens come from a source. */
  @Nullable String fixedToken() {
    return fixedToken;
  }

  /** Returns the limit of calls of the source that have not returned, for all clients. */
  Admission running() {
    return running;
  }

  boolean isFixed() {
    return fixedToken != null;
  }

  @Nullable String applicationId() {
    return applicationId;
  }

  /** Returns whether both have the same secret, or the same source, and the same application ID. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Credentials that
        && Objects.equals(applicationId, that.applicationId)
        && Objects.equals(fixedToken, that.fixedToken)
        && (fixedToken != null || source.equals(that.source));
  }

  @Override
  public int hashCode() {
    return Objects.hash(applicationId, fixedToken == null ? source : fixedToken);
  }

  /** Returns the kind of credential, without the secret. */
  @Override
  public String toString() {
    String from = fixedToken == null ? " from a source" : "";
    return applicationId == null
        ? "Credentials[access key" + from + "]"
        : "Credentials[JWT of application " + applicationId + from + "]";
  }
}
