package io.github.devicetunnel.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of the program by their names, in the order of the help. */
final class Commands {
  private final Console console;
  private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();

  Commands(Environment environment, Console console) {
    this.console = console;
    commands.put("listen", () -> opensTunnels(new ListenCommand(environment, console)));
    commands.put("stdio", () -> opensTunnels(new StdioCommand(environment, console)));
    commands.put(
        "exec",
        // With no options behind the program's name but its own.
        () -> opensTunnels(new ExecCommand(environment, console)).setStopAtPositional(true));
    commands.put("check", () -> opensTunnels(new CheckCommand(environment, console)));
    commands.put(
        "jwt",
        () ->
            new CommandLine(new JwtCommand())
                .addSubcommand(new JwtCreateCommand(environment, console))
                .addSubcommand(new JwtInspectCommand(environment, console)));
    commands.put(
        "verification-key",
        () ->
            new CommandLine(new VerificationKeyCommand())
                .addSubcommand(new VerificationKeyUploadCommand(environment, console)));
    commands.put("demo", () -> new CommandLine(new DemoCommand(environment, console)));
    commands.put("completion", () -> new CommandLine(new CompletionCommand(console)));
    commands.put("man-page", () -> new CommandLine(new ManPageCommand(console)));
  }

  private static CommandLine opensTunnels(Object command) {
    return OptionSections.applyTo(new CommandLine(command));
  }

  Set<String> names() {
    return commands.keySet();
  }

  /** What one of them takes. */
  CommandSpec options(String name) {
    return Objects.requireNonNull(commands.get(name)).get().getCommandSpec();
  }

  /** The program with all of them. */
  CommandLine all() {
    return program(commands.keySet());
  }

  /**
   * The program for arguments that begin with a word. If that is a command there is only that one:
   * to look at the options of all of them takes a third of the time of a start.
   */
  CommandLine whichBeginsWith(String word) {
    return commands.containsKey(word) ? program(List.of(word)) : all();
  }

  private CommandLine program(Iterable<String> names) {
    CommandLine program = new CommandLine(new TunnelCommand());
    for (String name : names) {
      program.addSubcommand(name, Objects.requireNonNull(commands.get(name)).get());
    }
    return program
        .registerConverter(Path.class, FilePath::of)
        .setOut(console.writer())
        .setColorScheme(console.colourScheme())
        .setUsageHelpLongOptionsMaxWidth(26)
        // As Go's flag package: one dash may begin a whole name, and the last of several counts.
        .setPosixClusteredShortOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(true)
        .setExpandAtFiles(false);
  }
}
