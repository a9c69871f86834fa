package io.github.devicetunnel.cli.jwt;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.KeyFile;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.internal.text.OneLine;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TunnelClaims;
import io.github.devicetunnel.jwt.TunnelToken;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The {@code jwt inspect} command, which shows the claims of a token. It never prints the
 * signature, which is the secret part.
 */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Prints the claims of a token. Does not verify the signature.",
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel jwt inspect [TOKEN|-]",
    optionListHeading = "%n",
    sortOptions = false)
public final class JwtInspectCommand implements Callable<Integer> {
  private final Environment environment;
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "TOKEN",
      defaultValue = "-",
      description = "Token, visible to other users; - or omitted for standard input")
  private String token = "";

  public JwtInspectCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() {
    TunnelToken read = read();
    TunnelClaims claims = read.claims();
    line("algorithm", algorithm(read.algorithm()));
    line("expires", expiry(claims.expiresAt()));
    line("device", claims.deviceId() == null ? "any" : claims.deviceId());
    line("ip", claims.ip() == null ? "any" : claims.ip());
    line("port", claims.port() == null ? "any" : claims.port().toString());
    return ExitCode.OK;
  }

  private TunnelToken read() {
    boolean isInput = token.equals("-");
    if (!isInput) {
      console.warn(
          "the argument exposes the token to other users of this machine; use standard input");
    }
    String text = isInput ? KeyFile.read(token, environment.input()) : token;
    try {
      return TunnelToken.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  private static String algorithm(String name) {
    try {
      return SigningAlgorithm.of(name).name();
    } catch (IllegalArgumentException e) {
      return name.replaceAll("\\P{Print}", "?") + " (not accepted by the cloud)";
    }
  }

  private static String expiry(@Nullable Instant time) {
    if (time == null) {
      return "never (not accepted by the cloud)";
    }
    Duration left = Duration.between(Instant.now(), time);
    return time + (left.isNegative() ? " (expired)" : " (in " + left.toSeconds() + " s)");
  }

  private void line(String name, String value) {
    console.result(String.format("%-11s%s", name, OneLine.printable(value)));
  }
}
