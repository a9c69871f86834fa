package io.github.devicetunnel.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line as it is packaged for users. */
final class PackagedProgram {
  /** Folder of the program, with {@code bin}, {@code lib} and {@code share}. */
  static final Path HOME =
      Path.of(
          System.getProperty("tunnel.root"),
          "tunnel-cli/target/tunnel-cli-" + System.getProperty("tunnel.version"));

  static final Path LAUNCHER = HOME.resolve("bin/tunnel");

  private PackagedProgram() {}

  /** Prepares a run of the launcher in a folder, with {@code JAVA_HOME} as the only variable. */
  static Program.Builder in(Path folder, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(arguments);
    return Program.in(folder, command).variable("JAVA_HOME", System.getProperty("java.home"));
  }

  /** Same as {@link #in(Path, List)}, with variables for all required settings but the service. */
  static Program.Builder in(Path folder, Cloud cloud, String... arguments) {
    return withSettings(in(folder, List.of(arguments)), cloud);
  }

  /** Sets the same variables for another program that starts the launcher. */
  static Program.Builder withSettings(Program.Builder builder, Cloud cloud) {
    return builder
        .variable("JAVA_HOME", System.getProperty("java.home"))
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .variable("TUNNEL_DEVICE", Cloud.DEVICE)
        .variable("TUNNEL_API_KEY", Cloud.KEY);
  }

  /** Returns the command that a shell or ssh runs for one tunnel on standard input and output. */
  static String stdio(String serviceAddress) {
    return "'" + LAUNCHER + "' stdio --service " + serviceAddress;
  }
}
