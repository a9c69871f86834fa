package io.github.devicetunnel.internal.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Challenge;
import org.jspecify.annotations.Nullable;

/**
 * Digest authentication (RFC 7616) with one nonce, which later requests reuse. Supports MD5 and
 * SHA-256, with the quality of protection {@code auth} or, as in RFC 2069, none. Thread-safe.
 */
final class ProxyDigest {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** In order of preference. */
  private static final List<String> ALGORITHMS = List.of("SHA-256", "MD5");

  private final Map<@Nullable String, String> challenge;
  private final String algorithm;
  private final String user;
  private final String password;
  private final AtomicInteger count = new AtomicInteger();

  private ProxyDigest(Challenge challenge, String algorithm, String user, String password) {
    this.challenge = challenge.authParams();
    this.algorithm = algorithm;
    this.user = user;
    this.password = password;
  }

  /** Returns an object for the strongest supported Digest challenge, or null if there is none. */
  static @Nullable ProxyDigest of(List<Challenge> challenges, String user, String password) {
    for (String algorithm : ALGORITHMS) {
      for (Challenge challenge : challenges) {
        if (isSupported(challenge, algorithm)) {
          return new ProxyDigest(challenge, algorithm, user, password);
        }
      }
    }
    return null;
  }

  private static boolean isSupported(Challenge challenge, String algorithm) {
    Map<@Nullable String, String> parameters = challenge.authParams();
    String qop = parameters.get("qop");
    return challenge.scheme().equalsIgnoreCase("Digest")
        && parameters.containsKey("realm")
        && parameters.containsKey("nonce")
        && parameters.getOrDefault("algorithm", "MD5").equalsIgnoreCase(algorithm)
        && (qop == null
            || List.of(qop.toLowerCase(Locale.ROOT).split("[, ]+", -1)).contains("auth"));
  }

  /** Returns the value of the header Proxy-Authorization for one CONNECT request. */
  String authorization(String target) {
    String realm = challenge.getOrDefault("realm", "");
    String nonce = challenge.getOrDefault("nonce", "");
    String secret = hash(user + ":" + realm + ":" + password);
    String request = hash("CONNECT:" + target);
    StringBuilder value = new StringBuilder("Digest username=").append(quoted(user));
    value.append(", realm=").append(quoted(realm)).append(", nonce=").append(quoted(nonce));
    value.append(", uri=").append(quoted(target)).append(", algorithm=").append(algorithm);
    if (challenge.containsKey("qop")) {
      String nonceCount = "%08x".formatted(count.incrementAndGet());
      String clientNonce = new BigInteger(128, RANDOM).toString(16);
      String between = ":" + nonce + ":" + nonceCount + ":" + clientNonce + ":auth:";
      value.append(", response=").append(quoted(hash(secret + between + request)));
      value.append(", qop=auth, nc=").append(nonceCount);
      value.append(", cnonce=").append(quoted(clientNonce));
    } else {
      value.append(", response=").append(quoted(hash(secret + ":" + nonce + ":" + request)));
    }
    String opaque = challenge.get("opaque");
    return opaque == null ? value.toString() : value + ", opaque=" + quoted(opaque);
  }

  /** Returns a quoted string (RFC 9110 section 5.6.4). */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8));
      return "%0".concat(digest.length * 2 + "x").formatted(new BigInteger(1, digest));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has " + algorithm, e);
    }
  }
}
