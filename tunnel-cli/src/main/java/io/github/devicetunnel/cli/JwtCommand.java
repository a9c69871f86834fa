package io.github.devicetunnel.cli;

import picocli.CommandLine.Command;

/** The {@code jwt} command, which has subcommands for tokens. */
@Command(
    name = "jwt",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Makes JSON web tokens for tunnels, and shows what one allows.",
    synopsisHeading = "Usage: ",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class JwtCommand {}
