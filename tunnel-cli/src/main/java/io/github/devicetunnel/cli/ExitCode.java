package io.github.devicetunnel.cli;

/** What the process ends with. Scripts depend on these numbers. */
final class ExitCode {
  /** Stopped as asked. */
  static final int OK = 0;

  /** An unexpected failure. */
  static final int BUG = 1;

  /** Usage or configuration, before anything is opened. */
  static final int USAGE = 2;

  /** The local address cannot be listened on. */
  static final int CANNOT_LISTEN = 3;

  /** The key or token opens nothing here, by the cloud's word or by its own. */
  static final int CREDENTIAL_REFUSED = 4;

  /** What was asked for is not there. */
  static final int NOT_FOUND = 5;

  /** The cloud gave no answer. */
  static final int UNREACHABLE = 6;

  /** The cloud answered anything else. */
  static final int OTHER_ANSWER = 7;

  /** A tunnel on standard input and output was open, and ended otherwise than in order. */
  static final int NOT_ORDERLY = 8;

  /** The program to be run cannot be executed, as shells say it. */
  static final int NOT_EXECUTABLE = 126;

  /** There is no such program to be run, as shells say it. */
  static final int NO_PROGRAM = 127;

  /** Ended by a signal: the signal's number is added, as shells do. */
  static final int SIGNAL = 128;

  private ExitCode() {}
}
