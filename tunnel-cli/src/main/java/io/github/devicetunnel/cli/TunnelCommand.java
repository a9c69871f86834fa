package io.github.devicetunnel.cli;

import picocli.CommandLine.Command;

/** The program as a whole: its help and version. Everything else is a command. */
@Command(
    name = "tunnel",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Reaches TCP services on edge gateways through a cloud's tunnelling service.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "tunnel [COMMAND] [OPTION...]",
      "       tunnel [OPTION...]    (the same as tunnel listen)"
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Example:",
      "  tunnel --cloud-uri=wss://api.us-east-1.mbedcloud.com --api-key-file=key.txt \\",
      "    --device=017b7fddb124724840c1c7b800000000 --service=127.0.0.1:80",
      "",
      "'tunnel COMMAND --help' tells more."
    })
final class TunnelCommand {}
