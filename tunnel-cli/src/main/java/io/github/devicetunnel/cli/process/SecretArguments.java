package io.github.devicetunnel.cli.process;

import java.util.Map;

/**
 * Restores arguments that may be secret. All users of a machine can read the arguments of a
 * process, so the launcher moves these into environment variables and leaves placeholders. See
 * {@code docs/rationale/launcher.md}.
 */
public final class SecretArguments {
  /** The prefix of the variables. The number of the argument follows, counted from 1. */
  private static final String VARIABLE = "TUNNEL_ARGUMENT_";

  private SecretArguments() {}

  /** Returns all arguments as the user gave them. */
  public static String[] restore(String[] args, Map<String, String> variables) {
    String[] given = args.clone();
    for (int i = 0; i < given.length; i++) {
      given[i] = variables.getOrDefault(VARIABLE + (i + 1), given[i]);
    }
    return given;
  }

  /** Removes the variables from the environment of another program. */
  static void removeFrom(Map<String, String> variables) {
    variables.keySet().removeIf(name -> name.startsWith(VARIABLE));
  }
}
