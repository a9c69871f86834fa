package io.github.devicetunnel.cli.completion;

import picocli.AutoComplete;
import picocli.CommandLine;

/** Generates the completion script for bash and zsh. */
final class BashScript {
  private static final String ENTRY = "function _complete_tunnel() {\n";

  private BashScript() {}

  static String of(CommandLine program) {
    // Complete names before the code of picocli, which has no values for them.
    return AutoComplete.bash("tunnel", program)
            .replace(ENTRY, ENTRY + "  ! _tunnel_names || return 0\n")
        + "\n"
        + Template.of("names.bash");
  }
}
