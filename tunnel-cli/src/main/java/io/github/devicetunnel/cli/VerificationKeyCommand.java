package io.github.devicetunnel.cli;

import picocli.CommandLine.Command;

/**
 * The {@code verification-key} command, which has subcommands for certificates that verify tokens.
 */
@Command(
    name = "verification-key",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Manages the certificates with which the cloud checks tokens.",
    synopsisHeading = "Usage: ",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class VerificationKeyCommand {}
