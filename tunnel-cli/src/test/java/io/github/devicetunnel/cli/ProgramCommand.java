package io.github.devicetunnel.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the program of this build is started as a process. */
final class ProgramCommand {
  private ProgramCommand() {}

  /** With these arguments and nothing in its environment. */
  static ProcessBuilder of(List<String> args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Starts quickly, and lives for a moment.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(args);
    return new ProcessBuilder(command);
  }

  /** With a cloud, device, service and key in its environment. */
  static ProcessBuilder of(String cloudUri, List<String> args) {
    ProcessBuilder builder = of(args);
    builder.environment().put("TUNNEL_CLOUD_URI", cloudUri);
    builder.environment().put("TUNNEL_DEVICE", Program.DEVICE);
    builder.environment().put("TUNNEL_SERVICE", WebCloud.SERVICE);
    builder.environment().put("TUNNEL_API_KEY", WebCloud.KEY);
    return builder;
  }
}
