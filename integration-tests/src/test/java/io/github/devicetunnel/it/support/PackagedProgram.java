package io.github.devicetunnel.it.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line as it is packaged for users. */
public final class PackagedProgram {
  /** Folder of the program, with {@code bin}, {@code lib} and {@code share}. */
  public static final Path HOME =
      Path.of(
          System.getProperty("tunnel.root"),
          "tunnel-cli/target/tunnel-cli-" + System.getProperty("tunnel.version"));

  public static final Path LAUNCHER = HOME.resolve("bin/tunnel");

  private PackagedProgram() {}

  /** Prepares a run of the launcher in a folder, with {@code JAVA_HOME} as the only variable. */
  public static ProgramRun.Builder in(Path folder, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(arguments);
    return ProgramRun.in(folder, command).variable("JAVA_HOME", System.getProperty("java.home"));
  }

  /** Same as {@link #in(Path, List)}, with variables for all required settings but the service. */
  public static ProgramRun.Builder in(Path folder, Cloud cloud, String... arguments) {
    return withSettings(in(folder, List.of(arguments)), cloud);
  }

  /** Sets the same variables for another program that starts the launcher. */
  public static ProgramRun.Builder withSettings(ProgramRun.Builder builder, Cloud cloud) {
    return builder
        .variable("JAVA_HOME", System.getProperty("java.home"))
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .variable("TUNNEL_DEVICE", Cloud.DEVICE)
        .variable("TUNNEL_API_KEY", Cloud.KEY);
  }

  /** Returns the command that a shell or ssh runs for one tunnel on standard input and output. */
  public static String stdio(String serviceAddress) {
    return "'" + LAUNCHER + "' stdio --service " + serviceAddress;
  }
}
