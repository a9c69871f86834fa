package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.check.CheckCommand;
import io.github.devicetunnel.cli.completion.CompletionCommand;
import io.github.devicetunnel.cli.completion.NamesCommand;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.demo.DemoCommand;
import io.github.devicetunnel.cli.devices.DevicesCommand;
import io.github.devicetunnel.cli.jwt.JwtCommand;
import io.github.devicetunnel.cli.jwt.JwtCreateCommand;
import io.github.devicetunnel.cli.jwt.JwtInspectCommand;
import io.github.devicetunnel.cli.jwt.VerificationKeyCommand;
import io.github.devicetunnel.cli.jwt.VerificationKeyUploadCommand;
import io.github.devicetunnel.cli.option.OptionSections;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.FilePath;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of the program by name, in the order of the help. */
final class Commands {
  private static final String LISTEN = "listen";
  private static final String COMPLETION = "completion";
  private static final String MAN_PAGE = "man-page";

  private final Console console;
  private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();

  /**
   * Creates the commands.
   *
   * @param quietly runs a command of this program without its output
   */
  Commands(
      Environment environment, Config config, Console console, Consumer<List<String>> quietly) {
    this.console = console;
    commands.put(LISTEN, () -> withSections(new ListenCommand(environment, config, console)));
    commands.put("stdio", () -> withSections(new StdioCommand(environment, config, console)));
    commands.put(
        "exec",
        // Stop at the program's name, because all arguments after it belong to the program.
        () ->
            withSections(new ExecCommand(environment, config, console)).setStopAtPositional(true));
    commands.put("check", () -> withSections(new CheckCommand(environment, config, console)));
    commands.put("devices", () -> withSections(new DevicesCommand(environment, config, console)));
    commands.put(
        "jwt",
        () ->
            new CommandLine(new JwtCommand())
                .addSubcommand(new JwtCreateCommand(environment, config, console))
                .addSubcommand(new JwtInspectCommand(environment, console)));
    commands.put(
        "verification-key",
        () ->
            new CommandLine(new VerificationKeyCommand())
                .addSubcommand(new VerificationKeyUploadCommand(environment, console)));
    commands.put("demo", () -> new CommandLine(new DemoCommand(environment, console)));
    commands.put(
        COMPLETION,
        () ->
            new CommandLine(new CompletionCommand(console))
                .addSubcommand(new NamesCommand(environment, console, quietly)));
    commands.put(MAN_PAGE, () -> new CommandLine(new ManPageCommand(console)));
  }

  private static CommandLine withSections(Object command) {
    return OptionSections.applyTo(new CommandLine(command));
  }

  Set<String> names() {
    return commands.keySet();
  }

  /** Returns a command with all options that a configuration file may contain. */
  CommandSpec fileOptions() {
    return Objects.requireNonNull(commands.get(LISTEN)).get().getCommandSpec();
  }

  /** Returns the program with all commands. */
  CommandLine all() {
    return program(commands.keySet());
  }

  /**
   * Returns the program for arguments. If the first one is a command, the program contains only
   * that command, because processing the options of all commands takes a third of the startup time.
   * A command that describes the other commands requires all of them.
   */
  CommandLine programFor(String[] args) {
    String word = args[0];
    boolean printsNames = args.length > 1 && args[1].equals(NamesCommand.NAME);
    boolean describesAll = (word.equals(COMPLETION) && !printsNames) || word.equals(MAN_PAGE);
    return commands.containsKey(word) && !describesAll ? program(List.of(word)) : all();
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
