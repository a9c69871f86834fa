package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.jwt.JwtCredentials;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for the credential: an access key or token, or a private key that signs tokens. */
final class CredentialOptions {
  private static final String PRIVATE_KEY = "--jwt-private-key";
  private static final String ALGORITHM = "--jwt-algorithm";

  @Mixin private final KeyOptions keyOptions = new KeyOptions();

  @Option(
      names = PRIVATE_KEY,
      paramLabel = "FILE",
      order = 23,
      description =
          "PEM file with a private key that signs a token for each connection, limited to its"
              + " target and valid for one minute; requires --application-id"
              + " [env: TUNNEL_JWT_PASSPHRASE for the passphrase]")
  private @Nullable Path privateKey;

  @Option(
      names = ALGORITHM,
      paramLabel = "NAME",
      order = 24,
      description =
          "Signature algorithm: RS256, RS384, RS512, ES256, ES384 or ES512"
              + " [default: RS256, or the algorithm of the EC key's curve]")
  private @Nullable String algorithm;

  /** Returns whether there is a credential. */
  boolean isPresent(Environment environment) {
    return privateKey != null || algorithm != null || keyOptions.isPresent(environment);
  }

  /** Returns whether an argument outside the configuration file selects the credential. */
  boolean isArgument(Config config) {
    String argument = privateKey == null ? keyOptions.argument() : PRIVATE_KEY;
    return argument != null && !config.sets(argument);
  }

  /**
   * Returns the credential.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  KeyOptions.Key key(Environment environment, Config config) {
    if (privateKey != null) {
      return new KeyOptions.Key(minting(privateKey, environment), false);
    }
    if (algorithm != null) {
      throw CommandFailure.usage(ALGORITHM + ": cannot be used without " + PRIVATE_KEY);
    }
    return keyOptions.key(environment, config);
  }

  private Credentials minting(Path file, Environment environment) {
    String other = keyOptions.argument();
    if (other != null) {
      throw CommandFailure.usage(
          PRIVATE_KEY + ": cannot be combined with " + other + "; remove one of them");
    }
    Setting application = keyOptions.application(environment);
    if (application == null) {
      throw CommandFailure.usage(
          OptionNames.APPLICATION_ID
              + ": is missing, but required by "
              + PRIVATE_KEY
              + "; specify it or set TUNNEL_APPLICATION_ID");
    }
    JwtCredentials.Builder builder =
        JwtCredentials.builder()
            .privateKey(new PrivateKeyFile(PRIVATE_KEY, file).read(environment))
            .applicationId(application.value());
    try {
      if (algorithm != null) {
        builder.algorithm(SigningAlgorithm.of(algorithm));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("algorithm ")
          ? CommandFailure.usage(message.replaceFirst("^algorithm", ALGORITHM + ":"))
          : application.rejected(e);
    } catch (IOException e) {
      throw new AssertionError("the key has been read", e);
    }
  }
}
