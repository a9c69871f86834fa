package io.github.devicetunnel.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Captures the standard output of a program. */
final class CapturedOutput {
  /** A program's main method. */
  interface Main {
    void run(String... args) throws Exception;
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Runs a program and returns its output. */
  static String by(Main program, String... args) throws Exception {
    CapturedOutput printed = new CapturedOutput();
    printed.run(program, args);
    return printed.soFar();
  }

  /** Runs a program. Meanwhile, {@link #soFar} returns its output. */
  void run(Main program, String... args) throws Exception {
    PrintStream console = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      program.run(args);
    } finally {
      System.setOut(console);
    }
  }

  String soFar() {
    return out.toString(UTF_8);
  }
}
