package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Redacts secrets in messages. Messages are not meant to contain secrets. However, a user may pass
 * a key as the value of another option, and a message about that option repeats the value.
 * Thread-safe, except that {@link #add} must not be called concurrently.
 */
public final class Redaction {
  private static final String HIDDEN = "***";
  private static final String TOKEN_CHARACTERS = "[\\w.~+/=-]*";

  /** Matches access keys, JWTs and private keys by their beginning. */
  private static final String LOOKS_SECRET =
      "\\b(?:ak_[\\w-]|eyJ[\\w-]{5})"
          + TOKEN_CHARACTERS
          // A user may pass the content of a file instead of its name. Messages may cut it off.
          + "|(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z))";

  /** The number of characters that identify a secret, because messages shorten long values. */
  private static final int PREFIX_LENGTH = 12;

  /** The minimum length of a secret. A shorter text would also match parts of ordinary words. */
  private static final int MIN_LENGTH = 4;

  private volatile Pattern secrets;

  private Redaction(Pattern secrets) {
    this.secrets = secrets;
  }

  public static Redaction of(String[] args, Environment environment) {
    List<@Nullable String> candidates = new ArrayList<>();
    candidates.add(environment.variable(OptionNames.API_KEY_VARIABLE));
    candidates.add(environment.variable(OptionNames.PASSPHRASE_VARIABLE));
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

  /** Adds a secret. Ignores a text that is shorter than {@value #MIN_LENGTH} characters. */
  void add(String secret) {
    if (secret.length() >= MIN_LENGTH) {
      String beginning = secret.substring(0, Math.min(secret.length(), PREFIX_LENGTH));
      secrets =
          Pattern.compile(secrets.pattern() + '|' + Pattern.quote(beginning) + TOKEN_CHARACTERS);
    }
  }

  /** Returns whether an option, possibly misspelt, has a key as its value. */
  private static boolean isKeyOption(String name) {
    if (!name.startsWith("-")) {
      return false;
    }
    String nearest = Spelling.nearest(name, List.of(OptionNames.API_KEY, OptionNames.API_KEY_FILE));
    return OptionNames.API_KEY.equals(nearest)
        || name.toLowerCase(Locale.ROOT).matches("-+(key|jwt|token|access-key)");
  }

  String apply(String message) {
    return secrets.matcher(message).replaceAll(Matcher.quoteReplacement(HIDDEN));
  }
}
