package io.github.devicetunnel.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds processes that run the program of this build. */
final class ProgramCommand {
  private ProgramCommand() {}

  /** Returns a process with the given arguments and no settings in its environment. */
  static ProcessBuilder of(List<String> args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The process starts fast and is short-lived.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    // The user's configuration must not change the results.
    builder.environment().put("XDG_CONFIG_HOME", System.getProperty("java.io.tmpdir") + "/none");
    return builder;
  }

  /** Returns a process with a cloud, device, service and key in its environment. */
  static ProcessBuilder of(String cloudUri, List<String> args) {
    ProcessBuilder builder = of(args);
    builder.environment().put("TUNNEL_CLOUD_URI", cloudUri);
    builder.environment().put("TUNNEL_DEVICE", Program.DEVICE);
    builder.environment().put("TUNNEL_SERVICE", WebCloud.SERVICE);
    builder.environment().put("TUNNEL_API_KEY", WebCloud.KEY);
    return builder;
  }
}
