package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;

/** Unsigned tokens, which a test cloud may accept. */
public final class Jwts {
  private Jwts() {}

  /** Returns a token with claims in JSON, and with a word in place of the signature. */
  public static String of(String claims, String word) {
    return part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + part(claims) + "." + word;
  }

  /** Returns a token that grants every target for an hour. */
  public static String valid(String word) {
    return of("{\"exp\":" + Instant.now().plusSeconds(3600).getEpochSecond() + "}", word);
  }

  /** Returns a token that expired an hour ago. */
  public static String expired(String word) {
    return of("{\"exp\":" + Instant.now().minusSeconds(3600).getEpochSecond() + "}", word);
  }

  private static String part(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }
}
