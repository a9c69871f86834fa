package io.github.devicetunnel.cli.completion;

import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.book.NameCache;
import io.github.devicetunnel.cli.book.NamedDevice;
import io.github.devicetunnel.cli.config.ConfigNames;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.OptionNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * The hidden {@code completion names} command, which prints names for completion scripts, one per
 * line. A shell is completing a word when it runs this command. Therefore the command always
 * succeeds and never writes to standard error.
 */
@Command(name = NamesCommand.NAME, hidden = true)
public final class NamesCommand implements Callable<Integer> {
  public static final String NAME = "names";

  static final String DEVICES = "devices";
  static final String SERVICES = "services";
  static final String PROFILES = "profiles";

  /** Matches names that are plain text in every shell. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]+");

  private final Environment environment;
  private final Console console;
  private final Consumer<List<String>> quietly;

  /**
   * All arguments, because picocli reports an error for an unknown or incomplete option. An array,
   * because picocli adds the arguments to a list again each time it parses them.
   */
  @Unmatched private String[] arguments = {};

  /**
   * Creates the command.
   *
   * @param quietly runs a command of this program without its output
   */
  public NamesCommand(Environment environment, Console console, Consumer<List<String>> quietly) {
    this.environment = environment;
    this.console = console;
    this.quietly = quietly;
  }

  @Override
  public Integer call() {
    List<String> words = new ArrayList<>();
    List<String> options = new ArrayList<>();
    String option = "";
    for (String argument : arguments) {
      String word = option + argument;
      option = "";
      if (word.equals(OptionNames.CONFIG) || word.equals(OptionNames.PROFILE)) {
        option = word + "=";
      } else if (word.startsWith(OptionNames.CONFIG + "=")
          || word.startsWith(OptionNames.PROFILE + "=")) {
        options.add(word);
      } else if (!word.startsWith("-")) {
        words.add(word);
      }
    }
    try {
      String text =
          names(words, options).stream()
              .filter(name -> PLAIN.matcher(name).matches())
              .distinct()
              .sorted()
              .collect(Collectors.joining(System.lineSeparator()));
      if (!text.isEmpty()) {
        console.result(text);
      }
    } catch (RuntimeException e) {
      // The command that is being completed reports an invalid configuration when it runs.
    }
    return ExitCode.OK;
  }

  /**
   * Returns the names to print, in any order.
   *
   * @param words the kind of names, for services followed by a device
   * @param options the configuration file and profile, unless they are the usual ones
   */
  private Collection<String> names(List<String> words, List<String> options) {
    ConfigNames names = ConfigNames.read(value(OptionNames.CONFIG, options), environment);
    return switch (words.isEmpty() ? "" : words.get(0)) {
      case DEVICES -> devices(names, options);
      case SERVICES -> services(names.book(), words.size() > 1 ? words.get(1) : null);
      case PROFILES -> names.profiles();
      default -> List.of();
    };
  }

  private static @Nullable String value(String option, List<String> options) {
    return options.stream()
        .filter(each -> each.startsWith(option + "="))
        .reduce((first, last) -> last)
        .map(each -> each.substring(option.length() + 1))
        .orElse(null);
  }

  /** Returns the devices of the address book and of the directory. */
  private Collection<String> devices(ConfigNames names, List<String> options) {
    List<String> devices =
        new ArrayList<>(names.book().devices().stream().map(NamedDevice::name).toList());
    String cloudUri = names.cloudUri(value(OptionNames.PROFILE, options), environment);
    if (cloudUri != null) {
      List<String> command = new ArrayList<>(List.of("devices", "--output=ids"));
      command.addAll(options);
      devices.addAll(
          DirectoryWords.names(NameCache.of(cloudUri, environment), () -> quietly.accept(command)));
    }
    return devices;
  }

  /** Returns the services of a device, or of all devices. */
  private static Collection<String> services(AddressBook book, @Nullable String device) {
    TreeSet<String> services = new TreeSet<>(book.services(null));
    if (device == null) {
      book.devices().forEach(each -> services.addAll(each.services().keySet()));
    } else {
      services.addAll(book.services(book.device(device)));
    }
    return services;
  }
}
