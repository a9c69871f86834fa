package io.github.devicetunnel.cli.option;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The sections of the help of commands that open tunnels. The tens of an option's {@code order}
 * select its section.
 */
public enum OptionSections {
  FILTERS("Filters", 60),
  TARGET("Target", 10),
  CREDENTIALS("Credentials", 20),
  LISTENERS("Listeners", 0),
  TIMEOUTS("Timeouts", 40),
  NETWORK("Network", 30),
  OUTPUT("Output", 50),
  OTHER("Help", -1);

  private static final int SIZE = 10;

  private final String heading;
  private final int first;

  OptionSections(String heading, int first) {
    this.heading = heading;
    this.first = first;
  }

  /** Makes the help of a command show its options in sections. */
  public static CommandLine applyTo(CommandLine command) {
    command.getCommandSpec().usageMessage().optionListHeading("");
    command
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionSections::render);
    return command;
  }

  private static String render(Help help) {
    StringBuilder text = new StringBuilder();
    of(help.commandSpec())
        .forEach(
            (heading, options) -> {
              // Calculate the layout from all options, so that all sections have the same columns.
              Help.Layout layout =
                  help.createDefaultLayout(
                      help.commandSpec().options(), List.of(), help.colorScheme());
              layout.addAllOptions(options, help.parameterLabelRenderer());
              text.append(System.lineSeparator())
                  .append(help.colorScheme().ansi().string("@|bold " + heading + ":|@"))
                  .append(System.lineSeparator())
                  .append(layout);
            });
    return text.toString();
  }

  /** Returns the visible options by heading, in the order of the help. */
  public static Map<String, List<OptionSpec>> of(CommandSpec command) {
    List<OptionSpec> options = new ArrayList<>(command.options());
    options.removeIf(OptionSpec::hidden);
    options.sort(Comparator.comparing(OptionSpec::order));
    Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
    for (OptionSections section : values()) {
      List<OptionSpec> sectionOptions = options.stream().filter(section::holds).toList();
      if (!sectionOptions.isEmpty()) {
        sections.put(section.heading, sectionOptions);
      }
    }
    return sections;
  }

  private boolean holds(OptionSpec option) {
    boolean grouped = option.order() >= 0 && option.order() < FILTERS.first + SIZE;
    return this == OTHER ? !grouped : grouped && option.order() / SIZE == first / SIZE;
  }
}
