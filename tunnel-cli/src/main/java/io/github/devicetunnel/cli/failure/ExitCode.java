package io.github.devicetunnel.cli.failure;

/** The exit codes of the program. Scripts depend on these numbers. */
public final class ExitCode {
  /** Success. */
  public static final int OK = 0;

  /** Unexpected failure (a bug). */
  public static final int BUG = 1;

  /** Invalid arguments or configuration. No tunnel was opened. */
  public static final int USAGE = 2;

  /** A listener cannot be bound to its local address. */
  public static final int CANNOT_LISTEN = 3;

  /** The cloud rejected the credential, or no usable credential is available. */
  public static final int CREDENTIAL_REJECTED = 4;

  /** The device or service was not found. */
  public static final int NOT_FOUND = 5;

  /**
   * The cloud could not be reached, a proxy required authentication, or local resources are
   * exhausted.
   */
  public static final int UNREACHABLE = 6;

  /** The cloud answered with another error, or with something other than HTTP. */
  public static final int OTHER_ANSWER = 7;

  /** The tunnel of {@code stdio} was open and did not end in order. */
  public static final int NOT_ORDERLY = 8;

  /** The program of {@code exec} cannot be executed. Shells use the same code. */
  public static final int NOT_EXECUTABLE = 126;

  /** The program of {@code exec} does not exist. Shells use the same code. */
  public static final int NO_PROGRAM = 127;

  /** Added to the number of the signal that ended the process. Shells use the same codes. */
  public static final int SIGNAL = 128;

  private ExitCode() {}
}
