package io.github.devicetunnel.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;

/** Tokens that nobody has signed, which a stand-in for the cloud may take nevertheless. */
final class Jwts {
  private Jwts() {}

  /** With these claims, in JSON, and a word in place of the signature. */
  static String of(String claims, String word) {
    return part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + part(claims) + "." + word;
  }

  /** One that opens everything for an hour. */
  static String valid(String word) {
    return of("{\"exp\":" + Instant.now().plusSeconds(3600).getEpochSecond() + "}", word);
  }

  /** One that was of use an hour ago. */
  static String expired(String word) {
    return of("{\"exp\":" + Instant.now().minusSeconds(3600).getEpochSecond() + "}", word);
  }

  private static String part(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }
}
