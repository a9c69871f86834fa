package io.github.devicetunnel.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The hidden {@code man-page} command, which prints the manual page for the packages of the build.
 */
@Command(
    name = "man-page",
    hidden = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Prints the manual page: tunnel man-page | man -l -",
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel man-page",
    optionListHeading = "%n")
final class ManPageCommand implements Callable<Integer> {
  private final Console console;

  ManPageCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommandLine program = new Commands(Environment.ofProcess(), console).all();
    console.result(ManPage.of(program.getCommandSpec()).stripTrailing());
    return ExitCode.OK;
  }
}
