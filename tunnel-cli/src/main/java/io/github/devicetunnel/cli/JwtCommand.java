package io.github.devicetunnel.cli;

import picocli.CommandLine.Command;

/** The {@code jwt} command, which has subcommands for tokens. */
@Command(
    name = "jwt",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Creates and inspects JSON web tokens for tunnels.",
    synopsisHeading = "Usage: ",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class JwtCommand {}
