package io.github.devicetunnel.cli.failure;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a command, with an exit code, a message and optionally a hint, of one line each.
 */
public final class CommandFailure extends RuntimeException {
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
   * Returns a failure for invalid arguments or configuration. The message begins with the name of
   * the option, if there is one.
   */
  public static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message, null);
  }

  public static CommandFailure cannotListen(String message, String hint) {
    return new CommandFailure(ExitCode.CANNOT_LISTEN, message, hint);
  }

  public static CommandFailure credentialRejected(String message, String hint) {
    return new CommandFailure(ExitCode.CREDENTIAL_REJECTED, message, hint);
  }

  /** Returns a failure with an exit code and no hint. */
  public static CommandFailure of(int exitCode, String message) {
    return of(exitCode, message, null);
  }

  /** Returns a failure with an exit code and an optional hint. */
  public static CommandFailure of(int exitCode, String message, @Nullable String hint) {
    return new CommandFailure(exitCode, message, hint);
  }

  public static CommandFailure unexpected(String message) {
    return new CommandFailure(ExitCode.BUG, message, null);
  }

  public int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /**
   * Returns the second line of the message. If it is null, usage errors point to the help instead.
   */
  public @Nullable String hint() {
    return hint;
  }
}
