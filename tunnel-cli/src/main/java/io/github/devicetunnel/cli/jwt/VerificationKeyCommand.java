package io.github.devicetunnel.cli.jwt;

import io.github.devicetunnel.cli.option.Version;
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
public final class VerificationKeyCommand {}
