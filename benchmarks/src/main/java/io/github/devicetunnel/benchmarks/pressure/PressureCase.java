package io.github.devicetunnel.benchmarks.pressure;

/** A pressure test. */
public interface PressureCase {
  /** Returns the name for the command line. */
  String name();

  /** Returns a description of the load. */
  String what();

  /** Returns the required result. */
  String bar();

  /** Runs the test. An exception counts as a failure. */
  Outcome run(Scale scale) throws Exception;
}
