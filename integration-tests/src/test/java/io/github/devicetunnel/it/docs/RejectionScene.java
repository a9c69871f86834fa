package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A setting, credential or tunnel that is rejected.
 *
 * @param message the whole expected message, with placeholders such as {@code {file}}
 */
record RejectionScene(String name, String message, Action action) {
  /** Logs every failure; {@code TraceLogCheck} searches the log for secrets. */
  private static final Logger LOG = LoggerFactory.getLogger(RejectionScene.class);

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");

  /** The patterns of the placeholders. */
  private static final Map<String, String> PLACEHOLDERS =
      Map.of(
          "device", "[0-9a-f]{32}",
          "file", "\\S+",
          "pin", "sha256/[\\w+/]{43}=",
          "port", "\\d{1,5}",
          "reason", ".{5,200}",
          "request", "[0-9a-f]{32}",
          "seconds", "\\d+",
          "time", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

  /** Triggers the rejection. */
  interface Action {
    /**
     * Plays the scene.
     *
     * @param folder for files
     * @return the message that the user receives
     */
    String play(Path folder) throws Exception;
  }

  /** Returns the pattern of the expected message. */
  Pattern pattern() {
    StringBuilder regex = new StringBuilder();
    int end = 0;
    Matcher matcher = PLACEHOLDER.matcher(message);
    while (matcher.find()) {
      String placeholder = PLACEHOLDERS.get(matcher.group(1));
      if (placeholder == null) {
        throw new AssertionError("unknown placeholder " + matcher.group());
      }
      regex.append(Pattern.quote(message.substring(end, matcher.start()))).append(placeholder);
      end = matcher.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(message.substring(end))).toString());
  }

  @Override
  public String toString() {
    return name;
  }

  /** Returns the message of the exception that an action throws. */
  static String failure(ThrowingCallable action) {
    Throwable thrown = catchThrowable(action);
    if (thrown == null || thrown instanceof NullPointerException) {
      throw new AssertionError("the action was not rejected", thrown);
    }
    LOG.trace("failed", thrown);
    return thrown.getMessage();
  }
}
