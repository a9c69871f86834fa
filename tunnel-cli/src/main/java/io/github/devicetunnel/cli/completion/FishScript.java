package io.github.devicetunnel.cli.completion;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates the completion script for fish. */
final class FishScript {
  private final StringBuilder script = new StringBuilder(Template.of("tunnel.fish"));

  private FishScript() {}

  static String of(CommandLine program) {
    FishScript fish = new FishScript();
    CompletionModel.commands(program.getCommandSpec()).forEach(fish::command);
    return fish.script.toString();
  }

  private void command(CommandSpec command) {
    String path = CompletionModel.path(command);
    String next = "__tunnel_is " + path;
    for (CommandSpec sub : CompletionModel.visibleSubcommands(command)) {
      complete(next, "-a " + sub.name(), sub.usageMessage().description());
    }
    List<String> words = CompletionModel.words(command);
    if (!words.isEmpty()) {
      complete(next, "-a " + quoted(String.join(" ", words)));
    }
    for (OptionSpec option : CompletionModel.visibleOptions(command)) {
      complete("__tunnel_in " + path, names(option) + value(option), option.description());
    }
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names
          .append(names.isEmpty() ? "" : " ")
          .append(name.startsWith("--") ? "-l " : "-s ")
          .append(name.replaceFirst("^-+", ""));
    }
    return names.toString();
  }

  private static String value(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    if (CompletionModel.isFile(option)) {
      return " -r -F";
    }
    String candidates = candidates(option);
    return " -x" + (candidates == null ? "" : " -a " + quoted(candidates));
  }

  private static @Nullable String candidates(OptionSpec option) {
    String names = CompletionModel.names(option);
    if (names != null) {
      return "(__tunnel_names " + names + ")";
    }
    List<String> values = CompletionModel.values(option);
    return CompletionModel.isTarget(option)
        ? "(__tunnel_targets)"
        : values.isEmpty() ? null : String.join(" ", values);
  }

  private void complete(String condition, String what, String... description) {
    script
        .append("complete -c tunnel -n ")
        .append(quoted(condition.strip()))
        .append(' ')
        .append(what);
    if (description.length > 0) {
      script.append(" -d ").append(quoted(CompletionModel.summary(description)));
    }
    script.append('\n');
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
