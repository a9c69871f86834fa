package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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

  @Spec private CommandSpec spec = CommandSpec.create();

  ManPageCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.result(ManPage.of(spec.root()).stripTrailing());
    return ExitCode.OK;
  }
}
