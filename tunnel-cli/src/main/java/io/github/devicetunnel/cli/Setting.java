package io.github.devicetunnel.cli;

import org.jspecify.annotations.Nullable;

/**
 * A value that somebody gave for an option.
 *
 * @param option its name with dashes
 * @param variable the environment variable that it came from, null when it was an argument
 */
record Setting(String option, String value, @Nullable String variable) {

  /** An argument beats the environment. Null when there is neither. */
  static @Nullable Setting find(
      String option, @Nullable String argument, String variable, Environment environment) {
    if (argument != null) {
      return new Setting(option, argument, null);
    }
    String value = environment.variable(variable);
    return value == null ? null : new Setting(option, value, variable);
  }

  boolean isArgument() {
    return variable == null;
  }

  /** Takes a complaint of the library about this value to where the user can do something. */
  CommandFailure refused(IllegalArgumentException e) {
    String message = BuilderMessages.translate(e, option);
    return CommandFailure.usage(
        variable == null ? message : message + " (the value of " + variable + ")");
  }
}
