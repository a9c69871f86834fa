package io.github.devicetunnel.cli;

import picocli.CommandLine.Command;

/** The top-level command, with the help and the version of the program. */
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
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Stopped as asked; a check that passed; a tunnel that ended in order.",
      "1:Unexpected failure (a bug).",
      "2:Usage or configuration; nothing was opened.",
      "3:Cannot listen: the address is in use, or there is no permission.",
      "4:The key was refused (401, 403), or can be seen to open nothing.",
      "5:The device or service was not found (404).",
      "6:The cloud could not be reached: DNS, TCP, proxy, TLS, timeout.",
      "7:The cloud answered anything else.",
      "8:A tunnel of stdio was open, and ended otherwise than in order.",
      "126, 127:exec: the program cannot be executed, or is not there.",
      "128+n:Ended by signal n, and exec: its program was."
    },
    footer = {
      "",
      "Examples:",
      "  tunnel demo",
      "  tunnel --cloud-uri=wss://api.us-east-1.mbedcloud.com --api-key-file=key.txt \\",
      "    --device=017b7fddb124724840c1c7b800000000 --service=127.0.0.1:80",
      "  ssh -o ProxyCommand='tunnel stdio --service=127.0.0.1:22' root@gateway",
      "",
      "'tunnel COMMAND --help' tells more."
    })
final class TunnelCommand {}
