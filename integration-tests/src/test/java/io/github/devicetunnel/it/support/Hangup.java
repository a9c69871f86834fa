package io.github.devicetunnel.it.support;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The signal SIGHUP on Linux. */
public final class Hangup {
  private Hangup() {}

  /** Skips a test if programs that it starts would ignore SIGHUP, which they inherit (proc(5)). */
  public static void assumeNotIgnored() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String ignored = lines.filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
      long signals = Long.parseUnsignedLong(ignored.substring(7).strip(), 16);
      assumeFalse((signals & 1) != 0, "SIGHUP is ignored, as under nohup");
    }
  }
}
