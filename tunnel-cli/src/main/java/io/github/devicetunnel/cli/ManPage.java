package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.option.OptionSections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Generates the manual page from the help, in roff with the macros of man(7). */
final class ManPage {
  private final CommandSpec program;
  private final StringBuilder roff = new StringBuilder();

  private ManPage(CommandSpec program) {
    this.program = program;
  }

  static String of(CommandSpec program) {
    return new ManPage(program).write();
  }

  private String write() {
    UsageMessageSpec usage = program.usageMessage();
    // Omit the date, so that the same sources produce the same page.
    macro("TH", program.name().toUpperCase(Locale.ROOT), "1", "", "device-tunnel", "");
    macro("SH", "NAME");
    text(program.name() + " - " + withoutStop(plain(usage.description()[0])));
    macro("SH", "SYNOPSIS");
    example(Stream.of(usage.customSynopsis()).map(String::strip).toArray(String[]::new));
    macro("SH", "COMMANDS");
    subcommands(program).forEach(this::command);
    macro("SH", "EXIT STATUS");
    for (Map.Entry<String, String> code : usage.exitCodeList().entrySet()) {
      tagged("\\fB" + escaped(code.getKey().strip()) + "\\fR", plain(code.getValue()));
    }
    macro("SH", "EXAMPLES");
    example(usage.footer());
    return roff.toString();
  }

  private static List<CommandSpec> subcommands(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(sub -> !sub.usageMessage().hidden())
        .toList();
  }

  private void command(CommandSpec command) {
    List<CommandSpec> subcommands = subcommands(command);
    if (!subcommands.isEmpty()) {
      subcommands.forEach(this::command);
      return;
    }
    macro("SS", command.qualifiedName());
    UsageMessageSpec usage = command.usageMessage();
    example(usage.customSynopsis());
    paragraphs(usage.description());
    command.positionalParameters().stream()
        .filter(parameter -> !parameter.hidden())
        .forEach(
            parameter ->
                tagged(
                    "\\fI" + escaped(parameter.paramLabel()) + "\\fR",
                    plain(String.join(" ", parameter.description()))));
    options(command);
    paragraphs(usage.footer());
  }

  /**
   * Writes the options of a command. Options that it shares with {@code listen} are described only
   * there.
   */
  private void options(CommandSpec command) {
    CommandSpec first =
        Objects.requireNonNull(program.subcommands().get("listen")).getCommandSpec();
    boolean shares = command != first && command.findOption("--connect-timeout") != null;
    for (List<OptionSpec> section : OptionSections.of(command).values()) {
      for (OptionSpec option : section) {
        boolean ofAll = option.usageHelp() || option.versionHelp();
        if (!ofAll && !(shares && isSame(option, first.findOption(option.longestName())))) {
          tagged(names(option), description(option));
        }
      }
    }
    if (shares) {
      macro("PP");
      text("For further options, see " + first.qualifiedName() + ".");
    }
  }

  private static boolean isSame(OptionSpec option, @Nullable OptionSpec other) {
    return other != null && description(option).equals(description(other));
  }

  private static String names(OptionSpec option) {
    String parameter =
        option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR";
    return List.of(option.names()).stream()
            .map(name -> "\\fB" + escaped(name) + "\\fR")
            .collect(Collectors.joining(", "))
        + parameter;
  }

  private static String description(OptionSpec option) {
    return plain(String.join(" ", option.description()))
        .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()));
  }

  /** Writes each line as a paragraph. Indented lines keep their layout. */
  private void paragraphs(String[] lines) {
    for (String line : lines) {
      if (line.startsWith("  ")) {
        example(new String[] {line});
      } else {
        macro("PP");
        text(plain(line));
      }
    }
  }

  private void example(String[] lines) {
    macro("PP");
    macro("nf");
    for (String line : lines) {
      text(plain(line));
    }
    macro("fi");
  }

  private void tagged(String tag, String text) {
    macro("TP");
    roff.append(tag).append('\n');
    text(text);
  }

  private void macro(String name, String... arguments) {
    roff.append('.').append(name);
    for (String argument : arguments) {
      roff.append(" \"").append(escaped(argument)).append('"');
    }
    roff.append('\n');
  }

  /** Writes a line of text. Skips an empty line, which would begin a paragraph. */
  private void text(String line) {
    if (line.isEmpty()) {
      return;
    }
    // The prefix prevents a leading dot or apostrophe from starting a macro.
    roff.append("\\&").append(escaped(line)).append('\n');
  }

  /** Removes picocli's format specifiers and markup from a text. */
  private static String plain(String text) {
    return text.replaceAll("@\\|\\S+ (.*?)\\|@", "$1").replace("%n", " ").replace("%%", "%");
  }

  private static String withoutStop(String sentence) {
    return sentence.replaceFirst("\\.$", "");
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
  }
}
