package io.github.devicetunnel.cli.completion;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates the completion script for PowerShell. */
final class PowerShellScript {
  private static final String TABLE = "@TABLE@";

  private final StringBuilder table = new StringBuilder();

  private PowerShellScript() {}

  static String of(CommandLine program) {
    PowerShellScript script = new PowerShellScript();
    CompletionModel.commands(program.getCommandSpec()).forEach(script::command);
    return Template.of("tunnel.ps1").replace(TABLE, script.table.toString().stripTrailing());
  }

  private void command(CommandSpec command) {
    String path = CompletionModel.path(command);
    for (CommandSpec sub : CompletionModel.visibleSubcommands(command)) {
      row(path, sub.name(), "command", sub.usageMessage().description());
    }
    for (String word : CompletionModel.words(command)) {
      row(path, word, "word", word);
    }
    for (OptionSpec option : CompletionModel.visibleOptions(command)) {
      for (String name : option.names()) {
        row(path, name, follows(option), option.description());
      }
    }
  }

  private static String follows(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "flag";
    }
    String names = CompletionModel.names(option);
    if (names != null) {
      return names;
    }
    if (CompletionModel.isTarget(option)) {
      return "target";
    }
    List<String> values = CompletionModel.values(option);
    return values.isEmpty() ? "value" : "=" + String.join(" ", values);
  }

  /** Adds a line of the table. No line can end the table, because none begins with a quote. */
  private void row(String path, String word, String follows, String... description) {
    String summary = CompletionModel.summary(description);
    table.append(String.join("|", path, word, follows, summary)).append('\n');
  }
}
