package io.github.devicetunnel.cli;

import picocli.CommandLine.Command;

/**
 * The {@code verification-key} command, which has subcommands for certificates that verify tokens.
 */
@Command(
    name = "verification-key",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Manages the certificates that the cloud verifies tokens with.",
    synopsisHeading = "Usage: ",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class VerificationKeyCommand {}
