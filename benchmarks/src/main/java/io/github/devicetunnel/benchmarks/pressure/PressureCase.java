package io.github.devicetunnel.benchmarks.pressure;

/** One kind of pressure. */
public interface PressureCase {
  /** For the command line. */
  String name();

  /** What is done, in words. */
  String what();

  /** What must come of it. */
  String bar();

  /** Does it. An exception is a failure, too. */
  Outcome run(Scale scale) throws Exception;
}
