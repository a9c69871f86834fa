package io.github.devicetunnel.it.support;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the secrets of these tests. Access keys, tokens and private keys have forms of their own;
 * passwords, passphrases and signatures contain a marker.
 */
public final class Secrets {
  /** The marker in every secret without a form of its own. */
  public static final String WORD = "5ecret";

  private static final Pattern SECRET =
      Pattern.compile(
          // An access key.
          "\\bak_\\w+"
              // A JWT.
              + "|\\beyJ[\\w-]+\\.[\\w-]+"
              // A private key in DER, in Base64: RSA or EC in PKCS#8, RSA in PKCS#1, EC in SEC1.
              + "|BADANBgkqhkiG|AgEAMB[AM]GByqGSM49|CAQAwE[Aw]YHKoZIzj0"
              + "|MII[A-Z]\\w{2}IBAAKCA|MHcCAQEEI|MI[GH]\\wAgEBB[DE]"
              + "|-----BEGIN [A-Z ]*PRIVATE KEY"
              // The values of authentication headers.
              + "|(?i:\\bauthorization\\W*[:=]\\W*\\w|\\b(?:bearer|basic) [\\w+/-]{8})"
              + "|"
              + WORD);

  private Secrets() {}

  /** Returns the first secret in a text. */
  static Optional<String> findIn(String text) {
    Matcher matcher = SECRET.matcher(text);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }
}
