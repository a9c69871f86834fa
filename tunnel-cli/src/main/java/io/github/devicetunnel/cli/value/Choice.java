package io.github.devicetunnel.cli.value;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Parses an option whose value is one of a few words. */
public final class Choice {
  private Choice() {}

  /**
   * Returns the constant whose name in lower case is the value.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if there is no such constant
   */
  public static <E extends Enum<E>> E of(Class<E> type, String option, String value) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    for (E constant : constants) {
      if (word(constant).equals(value)) {
        return constant;
      }
    }
    List<String> words = constants.stream().map(Choice::word).toList();
    int last = words.size() - 1;
    throw CommandFailure.usage(
        option
            + ": must be "
            + String.join(", ", words.subList(0, last))
            + " or "
            + words.get(last)
            + ", but is "
            + Quoted.of(value));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
