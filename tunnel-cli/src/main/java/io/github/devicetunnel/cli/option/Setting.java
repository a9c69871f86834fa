package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value of an option, from an argument or the environment.
 *
 * @param option the option's name with dashes
 * @param variable the environment variable with the value, or null for an argument
 */
public record Setting(String option, String value, @Nullable String variable) {

  /**
   * Returns the setting from the argument or, without one, from the environment. Returns null if
   * neither has a value.
   */
  public static @Nullable Setting find(
      String option, @Nullable String argument, String variable, Environment environment) {
    if (argument != null) {
      return new Setting(option, argument, null);
    }
    String value = environment.variable(variable);
    return value == null ? null : new Setting(option, value, variable);
  }

  /** Returns the setting with another value. */
  Setting with(String other) {
    return new Setting(option, other, variable);
  }

  /** Returns the option or variable, for messages. */
  String where() {
    return variable == null ? option : variable;
  }

  boolean isArgument() {
    return variable == null;
  }

  /**
   * Passes the value to a setter of the library.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the setter rejects it
   */
  void applyTo(Consumer<String> setter) {
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      throw rejected(e);
    }
  }

  /**
   * Returns a failure for a value that the library rejects. The message names the option, and the
   * variable if the value comes from the environment.
   */
  CommandFailure rejected(IllegalArgumentException e) {
    String message = BuilderMessages.translate(e, option);
    return CommandFailure.usage(
        variable == null ? message : message + " (the value of " + variable + ")");
  }
}
