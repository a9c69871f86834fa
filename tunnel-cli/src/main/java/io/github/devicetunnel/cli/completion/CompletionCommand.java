package io.github.devicetunnel.cli.completion;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.Version;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code completion} command, which prints a completion script for a shell. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Prints a shell completion script for commands, options, and names of the configuration.",
      "",
      "bash, zsh:   source <(tunnel completion bash)",
      "fish:        tunnel completion fish | source",
      "PowerShell:  tunnel completion powershell | Out-String | Invoke-Expression",
      "",
      "New shells:  add the same line to a startup file, such as ~/.bashrc"
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel completion bash|zsh|fish|powershell",
    commandListHeading = "",
    optionListHeading = "%n",
    sortOptions = false)
public final class CompletionCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      completionCandidates = Shells.class,
      description = "Shell: bash, zsh, fish or powershell")
  private String shell = "";

  /** The shells, for their own completion. */
  static final class Shells implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("bash", "zsh", "fish", "powershell").iterator();
    }
  }

  public CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String script =
        switch (shell) {
          // The script works in both shells; in zsh it loads bashcompinit.
          case "bash", "zsh" -> BashScript.of(program());
          case "fish" -> FishScript.of(program());
          case "powershell" -> PowerShellScript.of(program());
          default ->
              throw CommandFailure.usage(
                  shell.isEmpty()
                      ? "the shell is missing; specify bash, zsh, fish or powershell"
                      : "the shell is not supported; specify bash, zsh, fish or powershell");
        };
    console.result(script.stripTrailing());
    return ExitCode.OK;
  }

  private CommandLine program() {
    CommandLine program = spec.root().commandLine();
    CompletionModel.prepare(program);
    return program;
  }
}
