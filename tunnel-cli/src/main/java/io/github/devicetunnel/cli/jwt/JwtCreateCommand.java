package io.github.devicetunnel.cli.jwt;

import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.PrivateKeyFile;
import io.github.devicetunnel.cli.option.Setting;
import io.github.devicetunnel.cli.option.TargetNames;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.OptionNames;
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
  private final Config config;
  private final Console console;

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      required = true,
      order = 1,
      description = "PEM file with the private key [env: TUNNEL_JWT_PASSPHRASE for the passphrase]")
  private Path privateKey = Path.of("");

  /** Read by {@link Config}, before picocli assigns the values of options. */
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = OptionNames.CONFIG,
      paramLabel = "FILE",
      order = 6,
      description =
          "YAML file with the names of devices and services"
              + " [default: ~/.config/device-tunnel/config.yaml] [env: TUNNEL_CONFIG]")
  private @Nullable String configFile;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      order = 2,
      description = "Name or ID of the device that the token is limited to [default: all devices]")
  private @Nullable String device;

  @Option(
      names = "--service",
      paramLabel = "SERVICE",
      order = 3,
      description =
          "Name or IP:PORT of the service that the token is limited to [default: all services]")
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

  public JwtCreateCommand(Environment environment, Config config, Console console) {
    this.environment = environment;
    this.config = config;
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
    boolean hasName =
        (device != null && !AddressBook.isId(device))
            || (service != null && !service.contains(":"));
    TargetNames names = new TargetNames(hasName ? config.book() : AddressBook.EMPTY);
    TargetNames.Resolved target =
        names.resolve(setting("--device", device), setting("--service", service));
    TunnelClaims claims = TunnelClaims.expiring(Instant.now().plus(lifetime()));
    try {
      if (target.device() != null) {
        claims = claims.withDeviceId(target.device().value());
      }
      return target.service() == null
          ? claims
          : claims.withServiceAddress(target.service().value());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, null));
    }
  }

  private static @Nullable Setting setting(String option, @Nullable String value) {
    return value == null ? null : new Setting(option, value, null);
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
