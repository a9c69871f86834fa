package io.github.devicetunnel.cli.completion;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.Version;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code completion} command, which prints a completion script for a shell. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Prints a shell completion script for commands and options.",
      "",
      "Current shell: source <(tunnel completion bash)",
      "New shells:    add the same line to ~/.bashrc or ~/.zshrc"
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel completion bash|zsh",
    commandListHeading = "",
    optionListHeading = "%n",
    sortOptions = false)
public final class CompletionCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "SHELL", description = "Shell: bash or zsh")
  private String shell = "";

  public CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    // The script works in both shells; in zsh it loads bashcompinit.
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw CommandFailure.usage(
          shell.isEmpty()
              ? "the shell is missing; specify bash or zsh"
              : "the shell is not supported; specify bash or zsh");
    }
    CommandLine program = spec.root().commandLine();
    addDefaultCommand(program);
    console.result(AutoComplete.bash("tunnel", program).stripTrailing());
    return ExitCode.OK;
  }

  /** Adds the options of {@code listen}, which is the default command. */
  private static void addDefaultCommand(CommandLine program) {
    CommandSpec root = program.getCommandSpec();
    CommandLine listen = Objects.requireNonNull(program.getSubcommands().get("listen"));
    for (OptionSpec option : listen.getCommandSpec().options()) {
      if (root.findOption(option.longestName()) == null) {
        root.addOption(OptionSpec.builder(option).build());
      }
    }
  }
}
