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
          "Puts a path between the peers and the cloud, or whatever their far end is, on which a"
              + " round trip takes so long; TCP's own handshake too. Needs root and socat, and less"
              + " of everything: --mib 16, --pings 50. Default: none")
  void delay(int millis) {
    if (millis < 0) {
      throw wrong("--delay: a round trip of " + millis + " ms is none; 0 or more are");
    }
    delay = millis;
  }

  @Option(
      names = "--loss",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description = "How many packets that path loses, each way. Default: none")
  void loss(double percent) {
    if (!(percent >= 0 && percent < 100)) {
      throw wrong("--loss: " + percent + " percent are wrong; from 0 to less than 100 are right");
    }
    loss = percent;
  }

  private ParameterException wrong(String message) {
    if (command == null) {
      throw new IllegalStateException("picocli sets it before it parses");
    }
    return new ParameterException(command.commandLine(), message);
  }

  /** Returns why the requested path is not supported, or null if it is. */
  @Nullable String missing() {
    return isWanted() ? SlowPath.missing() : null;
  }

  private boolean isWanted() {
    return delay > 0 || loss > 0;
  }

  /** Opens the path, or returns null if none is requested. */
  @Nullable SlowPath open() throws IOException {
    return isWanted() ? SlowPath.open(Duration.ofMillis(delay), loss / 100) : null;
  }
}
