package io.github.devicetunnel.cli.jwt;

import io.github.devicetunnel.cli.option.Version;
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
public final class JwtCommand {}
