package io.github.devicetunnel.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked: an exit code, and one or two lines for a person. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String message;
  private final @Nullable String hint;

  private CommandFailure(int exitCode, String message, @Nullable String hint) {
    super(message);
    this.exitCode = exitCode;
    this.message = message;
    this.hint = hint;
  }

  /**
   * Something is wrong with what was given. The name of the option, if there is one, comes first.
   */
  static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message, null);
  }

  static CommandFailure cannotListen(String message, String hint) {
    return new CommandFailure(ExitCode.CANNOT_LISTEN, message, hint);
  }

  static CommandFailure refused(String message, String hint) {
    return new CommandFailure(ExitCode.CREDENTIAL_REFUSED, message, hint);
  }

  /** The cloud did not do what it was asked. */
  static CommandFailure cloud(int exitCode, String message) {
    return new CommandFailure(exitCode, message, null);
  }

  /** A program that was to be run cannot be. */
  static CommandFailure program(int exitCode, String message) {
    return new CommandFailure(exitCode, message, null);
  }

  static CommandFailure unexpected(String message) {
    return new CommandFailure(ExitCode.BUG, message, null);
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** The second line; where there is none, a usage error points to the help. */
  @Nullable String hint() {
    return hint;
  }
}
