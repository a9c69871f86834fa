package io.github.devicetunnel.cli;

import java.util.Map;

/**
 * Arguments that may hold a secret. Every user of the machine can read the arguments of a process,
 * so the launcher hands these over in the environment and leaves something else in their place.
 */
final class SecretArguments {
  /** Before the argument's number, counted from 1. */
  private static final String VARIABLE = "TUNNEL_ARGUMENT_";

  private SecretArguments() {}

  /** All arguments as they were given. */
  static String[] restore(String[] args, Map<String, String> variables) {
    String[] given = args.clone();
    for (int i = 0; i < given.length; i++) {
      given[i] = variables.getOrDefault(VARIABLE + (i + 1), given[i]);
    }
    return given;
  }

  /** They are the business of no other program. */
  static void removeFrom(Map<String, String> variables) {
    variables.keySet().removeIf(name -> name.startsWith(VARIABLE));
  }
}
