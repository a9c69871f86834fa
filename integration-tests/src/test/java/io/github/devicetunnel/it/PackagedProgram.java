package io.github.devicetunnel.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line as it is handed out. */
final class PackagedProgram {
  /** Its folder, with {@code bin}, {@code lib} and {@code share}. */
  static final Path HOME =
      Path.of(
          System.getProperty("tunnel.root"),
          "tunnel-cli/target/tunnel-cli-" + System.getProperty("tunnel.version"));

  static final Path LAUNCHER = HOME.resolve("bin/tunnel");

  private PackagedProgram() {}

  /** Started by its launcher, in a folder, with nothing in its environment. */
  static Program.Builder in(Path folder, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(arguments);
    return Program.in(folder, command).variable("JAVA_HOME", System.getProperty("java.home"));
  }

  /** As {@link #in(Path, List)}, with all but a service in its environment. */
  static Program.Builder in(Path folder, Cloud cloud, String... arguments) {
    return withSettings(in(folder, List.of(arguments)), cloud);
  }

  /** For another program, which starts it in turn. */
  static Program.Builder withSettings(Program.Builder builder, Cloud cloud) {
    return builder
        .variable("JAVA_HOME", System.getProperty("java.home"))
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .variable("TUNNEL_DEVICE", Cloud.DEVICE)
        .variable("TUNNEL_API_KEY", Cloud.KEY);
  }

  /** What a shell, or ssh, is to run for one tunnel on standard input and output. */
  static String stdio(String serviceAddress) {
    return "'" + LAUNCHER + "' stdio --service " + serviceAddress;
  }
}
