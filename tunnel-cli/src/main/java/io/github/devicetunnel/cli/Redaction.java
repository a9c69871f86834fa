package io.github.devicetunnel.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes secrets out of messages. No message is meant to hold one; this is for the key that somebody
 * gave as the value of another option, which a message about that option repeats.
 */
final class Redaction {
  private static final String HIDDEN = "***";
  private static final String TOKEN_CHARACTERS = "[\\w.~+/=-]*";

  /** As access keys and JWTs begin, wherever they come from. */
  private static final String LOOKS_SECRET =
      "\\b(?:ak_[\\w-]|eyJ[\\w-]{5})"
          + TOKEN_CHARACTERS
          // Somebody gave what is in a file in place of its name; messages cut it short.
          + "|(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z))";

  /** Messages cut long values short, so the beginning of a secret must do to find it. */
  private static final int TELLING_LENGTH = 12;

  /** A shorter one is no secret, and would turn up inside ordinary words. */
  private static final int LEAST_LENGTH = 4;

  private volatile Pattern secrets;

  private Redaction(Pattern secrets) {
    this.secrets = secrets;
  }

  static Redaction of(String[] args, Environment environment) {
    List<@Nullable String> candidates = new ArrayList<>();
    candidates.add(environment.variable(KeyOptions.VARIABLE));
    candidates.add(environment.variable(PrivateKeyFile.PASSPHRASE));
    for (int i = 0; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      if (!isKeyOption(equals < 0 ? args[i] : args[i].substring(0, equals))) {
        continue;
      }
      if (equals >= 0) {
        candidates.add(args[i].substring(equals + 1));
      } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
        candidates.add(args[i + 1]);
      }
    }
    Redaction redaction = new Redaction(Pattern.compile(LOOKS_SECRET));
    for (String secret : candidates) {
      if (secret != null) {
        redaction.add(secret);
      }
    }
    return redaction;
  }

  /** One more secret, which was not known before. */
  void add(String secret) {
    if (secret.length() >= LEAST_LENGTH) {
      String beginning = secret.substring(0, Math.min(secret.length(), TELLING_LENGTH));
      secrets =
          Pattern.compile(secrets.pattern() + '|' + Pattern.quote(beginning) + TOKEN_CHARACTERS);
    }
  }

  /** Also when its name is misspelt. */
  private static boolean isKeyOption(String name) {
    if (!name.startsWith("-")) {
      return false;
    }
    String nearest = Spelling.nearest(name, List.of(KeyOptions.API_KEY, KeyOptions.API_KEY_FILE));
    return KeyOptions.API_KEY.equals(nearest)
        || name.toLowerCase(Locale.ROOT).matches("-+(key|jwt|token|access-key)");
  }

  String apply(String message) {
    return secrets.matcher(message).replaceAll(Matcher.quoteReplacement(HIDDEN));
  }
}
