package io.github.devicetunnel.benchmarks.compare;

import io.github.devicetunnel.benchmarks.machine.SlowPath;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a slow path. */
final class PathOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  private int delay;
  private double loss;

  @Option(
      names = "--delay",
      paramLabel = "MS",
      defaultValue = "0",
      description =
          "Inserts a path with this round-trip time between each peer and its remote side, also for"
              + " the TCP handshake. Requires root and socat. Reduce the load, for example with"
              + " --mib 16 and --pings 50. Default: none")
  void delay(int millis) {
    if (millis < 0) {
      throw invalid("--delay must be 0 or more, but is " + millis);
    }
    delay = millis;
  }

  @Option(
      names = "--loss",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description = "Percentage of lost packets in each direction. Default: none")
  void loss(double percent) {
    if (!(percent >= 0 && percent < 100)) {
      throw invalid("--loss must be from 0 to less than 100, but is " + percent);
    }
    loss = percent;
  }

  private ParameterException invalid(String message) {
    if (command == null) {
      throw new IllegalStateException("picocli sets the command before it parses options");
    }
    return new ParameterException(command.commandLine(), message);
  }

  /** Returns why the requested path is not supported, or null if it is. */
  @Nullable String missing() {
    return isRequested() ? SlowPath.missing() : null;
  }

  private boolean isRequested() {
    return delay > 0 || loss > 0;
  }

  /** Opens the path, or returns null if none is requested. */
  @Nullable SlowPath open() throws IOException {
    return isRequested() ? SlowPath.open(Duration.ofMillis(delay), loss / 100) : null;
  }
}
