package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.option.Version;
import picocli.CommandLine.Command;

/** The top-level command, with the help and the version of the program. */
@Command(
    name = "tunnel",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Connects to TCP services on edge gateways through a cloud tunnelling service.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "tunnel [COMMAND] [OPTION...]",
      "       tunnel [OPTION...]    (same as tunnel listen)"
    },
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Success",
      "1:Unexpected failure (a bug)",
      "2:Usage or configuration error; nothing was opened",
      "3:Cannot listen: address in use or permission denied",
      "4:Credential rejected (401, 403), or token unusable (for example, expired)",
      "5:Device or service not found (404)",
      "6:Cloud unreachable: DNS, TCP, proxy, TLS or timeout",
      "7:Any other response of the cloud",
      "8:stdio: the open tunnel failed, or the reply timed out; standard output failed",
      "126, 127:exec: program not executable, program not found",
      "128+n:Ended by signal n; exec: program ended by signal n"
    },
    footer = {
      "",
      "Examples:",
      "  tunnel demo",
      "  tunnel --cloud-uri=wss://api.us-east-1.mbedcloud.com --api-key-file=key.txt \\",
      "    --device=017b7fddb124724840c1c7b800000000 --service=127.0.0.1:80",
      "  ssh -o ProxyCommand='tunnel stdio --service=127.0.0.1:22' root@gateway",
      "",
      "Use 'tunnel COMMAND --help' for the options of a command."
    })
final class TunnelCommand {}
