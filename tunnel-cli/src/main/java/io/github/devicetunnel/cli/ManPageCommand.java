package io.github.devicetunnel.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the manual page. For the build, which puts it into the packages. */
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
    console.print(ManPage.of(spec.root()).stripTrailing());
    return ExitCode.OK;
  }
}
