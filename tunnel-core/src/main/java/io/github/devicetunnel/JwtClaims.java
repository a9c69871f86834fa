package io.github.devicetunnel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a JWT, read without verification of the signature. They can prove that the token is
 * unusable, but not that it is valid.
 */
final class JwtClaims {
  /** Accepted difference between the clocks of the issuer and this machine. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final String EXPIRY = "exp";
  private static final String NOT_BEFORE = "nbf";
  private static final String DEVICE = "pelion.edge.tunnel.device_id";
  private static final String IP = "pelion.edge.tunnel.ip";
  private static final String PORT = "pelion.edge.tunnel.port";

  private static final JsonFactory JSON = new JsonFactory();

  /** Claims by name, without claims that are null or empty. */
  private final Map<String, Claim> claims;

  /**
   * A claim.
   *
   * @param text value as text
   * @param number value as a number; NaN if the value is not a number
   */
  private record Claim(String text, double number) {}

  private JwtClaims(Map<String, Claim> claims) {
    this.claims = claims;
  }

  /** Returns whether a token has the form of a JWT: three parts, the first of them in JSON. */
  static boolean isJwt(String token) {
    String[] parts = token.split("\\.", -1);
    byte[] header = parts.length == 3 ? decode(parts[0]) : null;
    return header != null && header.length > 0 && header[0] == '{';
  }

  /** Parses the claims of a token; returns null if the token is not a JWT with readable claims. */
  static @Nullable JwtClaims parse(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || parts[0].isEmpty() || parts[2].isEmpty()) {
      return null;
    }
    byte[] payload = decode(parts[1]);
    return payload == null ? null : read(payload);
  }

  private static byte @Nullable [] decode(String part) {
    try {
      return Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable JwtClaims read(byte[] json) {
    Map<String, Claim> claims = new HashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        Claim claim = claim(parser);
        if (!claim.text.isEmpty()) {
          claims.put(name, claim);
        }
        parser.skipChildren();
      }
      return new JwtClaims(claims);
    } catch (IOException e) {
      return null;
    }
  }

  private static Claim claim(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> new Claim("", Double.NaN);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          new Claim(parser.getText(), parser.getDoubleValue());
      case START_OBJECT, START_ARRAY -> new Claim("a structure", Double.NaN);
      default -> new Claim(parser.getText(), Double.NaN);
    };
  }

  /**
   * Returns why the token is unusable for the target, as the rest of a sentence, or null if the
   * claims do not show a defect.
   */
  @Nullable String defect(Target target, Instant now) {
    String defect = timeDefect(now);
    return defect == null ? targetDefect(target) : defect;
  }

  private @Nullable String timeDefect(Instant now) {
    Claim expiry = claims.get(EXPIRY);
    if (expiry == null) {
      return "has no claim exp, which the cloud requires; request a token with an expiry";
    }
    if (Double.isNaN(expiry.number)) {
      return "has a claim exp that is not a number of seconds: "
          + Target.shown(expiry.text)
          + "; request a new token";
    }
    if (now.minus(SKEW).getEpochSecond() >= expiry.number) {
      return "has expired: its claim exp is "
          + time(expiry)
          + ", the current time is "
          + time(now)
          + "; request a new token";
    }
    Claim notBefore = claims.get(NOT_BEFORE);
    if (notBefore != null && now.plus(SKEW).getEpochSecond() < notBefore.number) {
      return "is not valid yet: its claim nbf is "
          + time(notBefore)
          + ", the current time is "
          + time(now)
          + "; check the clock of this machine";
    }
    return null;
  }

  private @Nullable String targetDefect(Target target) {
    Claim device = claims.get(DEVICE);
    if (device != null && !device.text.equalsIgnoreCase(target.deviceId())) {
      return mismatch("device", DEVICE, device, target.deviceId());
    }
    Claim ip = claims.get(IP);
    if (ip != null && isOtherAddress(ip.text, target.host())) {
      return mismatch("address", IP, ip, target.host());
    }
    Claim port = claims.get(PORT);
    if (port != null
        && port.number != target.port()
        && !port.text.equals(String.valueOf(target.port()))) {
      return mismatch("port", PORT, port, String.valueOf(target.port()));
    }
    return null;
  }

  /** Returns whether two IP addresses differ. Only the gateway can resolve names, so names pass. */
  private static boolean isOtherAddress(String one, String other) {
    InetAddress first = IpLiteral.parse(one);
    InetAddress second = IpLiteral.parse(other);
    return first != null && second != null && !first.equals(second);
  }

  private static String mismatch(String what, String name, Claim claim, String expected) {
    return "was issued for "
        + what
        + " "
        + Target.shown(claim.text)
        + " (claim "
        + name
        + "), but the tunnel targets "
        + what
        + " "
        + expected
        + "; request a token for this target";
  }

  private static String time(Claim claim) {
    double seconds = Math.min(Math.max(claim.number, -1e11), 1e11);
    return Target.shown(claim.text) + " (" + Instant.ofEpochSecond((long) seconds) + ")";
  }

  private static String time(Instant now) {
    return now.getEpochSecond() + " (" + Instant.ofEpochSecond(now.getEpochSecond()) + ")";
  }
}
