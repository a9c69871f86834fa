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

/** The commands of the program by name, in the order of the help. */
final class Commands {
  private final Console console;
  private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();

  Commands(Environment environment, Console console) {
    this.console = console;
    commands.put("listen", () -> opensTunnels(new ListenCommand(environment, console)));
    commands.put("stdio", () -> opensTunnels(new StdioCommand(environment, console)));
    commands.put(
        "exec",
        // Stop at the program's name, because all arguments after it belong to the program.
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

  /** Returns the specification of a command, with its options. */
  CommandSpec options(String name) {
    return Objects.requireNonNull(commands.get(name)).get().getCommandSpec();
  }

  /** Returns the program with all commands. */
  CommandLine all() {
    return program(commands.keySet());
  }

  /**
   * Returns the program for arguments that begin with a word. If the word is a command, the program
   * contains only that command, because processing the options of all commands takes a third of the
   * startup time.
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
        // As in Go's flag package: a full name may follow one dash, and the last value wins.
        .setPosixClusteredShortOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(true)
        .setExpandAtFiles(false);
  }
}
