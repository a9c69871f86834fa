package io.github.devicetunnel.cli.jwt;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.PrivateKeyFile;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.Times;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TokenSigner;
import io.github.devicetunnel.jwt.TunnelClaims;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code jwt create} command, which mints a token. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Signs a token with a private key and prints it. Keep the token secret.",
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel jwt create --private-key FILE [OPTION...]",
    optionListHeading = "%n",
    sortOptions = false)
public final class JwtCreateCommand implements Callable<Integer> {
  private final Environment environment;
  private final Console console;

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      required = true,
      order = 1,
      description = "PEM file with the private key [env: TUNNEL_JWT_PASSPHRASE for the passphrase]")
  private Path privateKey = Path.of("");

  @Option(
      names = "--device",
      paramLabel = "ID",
      order = 2,
      description = "Device that the token is limited to [default: all devices]")
  private @Nullable String device;

  @Option(
      names = "--service",
      paramLabel = "IP:PORT",
      order = 3,
      description = "Service that the token is limited to [default: all services]")
  private @Nullable String service;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      order = 4,
      description =
          "Signature algorithm: RS256, RS384, RS512, ES256, ES384 or ES512"
              + " [default: RS256, or the algorithm of the EC key's curve]")
  private @Nullable String algorithm;

  @Option(
      names = "--expires-in",
      paramLabel = "TIME",
      defaultValue = "10m",
      order = 5,
      description = "Lifetime of the token, such as 90s, 10m or 12h [default: ${DEFAULT-VALUE}]")
  private String expiresIn = "";

  public JwtCreateCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() {
    TunnelClaims claims = claims();
    if (service != null && claims.ip() == null) {
      console.warn(
          "the token is valid for every host with this port, because the host of --service is a"
              + " name that only the gateway can resolve; use an IP address");
    }
    try {
      console.result(signer().sign(claims));
      return ExitCode.OK;
    } catch (GeneralSecurityException e) {
      throw CommandFailure.unexpected(String.valueOf(e.getMessage()));
    }
  }

  private TunnelClaims claims() {
    TunnelClaims claims = TunnelClaims.expiring(Instant.now().plus(lifetime()));
    try {
      claims = device == null ? claims : claims.withDeviceId(device);
      return service == null ? claims : claims.withServiceAddress(service);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, null));
    }
  }

  private Duration lifetime() {
    try {
      Duration lifetime = Times.parse(expiresIn);
      if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("must be at least 1s, but is " + expiresIn);
      }
      return lifetime;
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--expires-in: " + e.getMessage());
    }
  }

  private TokenSigner signer() {
    try {
      PrivateKey key = new PrivateKeyFile("--private-key", privateKey).read(environment);
      return algorithm == null
          ? TokenSigner.of(key)
          : TokenSigner.of(key, SigningAlgorithm.of(algorithm));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, null));
    }
  }
}
