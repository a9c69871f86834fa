package io.github.devicetunnel.cli.option;

import static io.github.devicetunnel.cli.value.OptionNames.API_KEY;
import static io.github.devicetunnel.cli.value.OptionNames.API_KEY_FILE;
import static io.github.devicetunnel.cli.value.OptionNames.API_KEY_VARIABLE;
import static io.github.devicetunnel.cli.value.OptionNames.APPLICATION_ID;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.cli.book.NamedDevice;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for an access key or a JWT. */
public final class KeyOptions {
  @Option(
      names = API_KEY_FILE,
      paramLabel = "FILE",
      order = 20,
      description =
          "File with the access key or token, read again for each connection; - reads standard"
              + " input once")
  private @Nullable String apiKeyFile;

  @Option(
      names = API_KEY,
      paramLabel = "KEY",
      order = 21,
      description = "Access key or token, visible to other users [env: TUNNEL_API_KEY]")
  private @Nullable String apiKey;

  @Option(
      names = APPLICATION_ID,
      paramLabel = "ID",
      order = 22,
      description =
          "Application whose verification key verifies the token; required with a token, omitted"
              + " with an access key [env: TUNNEL_APPLICATION_ID]")
  private @Nullable String applicationId;

  /**
   * A key or token from the options or the environment.
   *
   * @param credentials made from the key
   * @param exposed whether the key was given as an argument, which other users can read
   */
  record Key(Credentials credentials, boolean exposed) {}

  Key key(Environment environment, Config config) {
    Setting key = find(environment);
    Setting application = application(environment);
    boolean exposed = key.isArgument() && key.option().equals(API_KEY) && !config.sets(API_KEY);
    try {
      return new Key(
          credentials(apiKeyFile, key.value(), application == null ? null : application.value()),
          exposed);
    } catch (IllegalArgumentException e) {
      boolean isKey = !String.valueOf(e.getMessage()).startsWith("applicationId");
      throw (application == null || isKey ? key : application).rejected(e);
    }
  }

  /**
   * Returns the credentials of a device.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the key file cannot be read
   */
  static Credentials credentials(NamedDevice.Key key) {
    try {
      return credentials(key.file(), KeyFile.read(key.origin(), key.file()), key.applicationId());
    } catch (IllegalArgumentException e) {
      // In the file, options are named without dashes.
      throw CommandFailure.usage(
          BuilderMessages.translate(e, key.origin()).replace("--application", "application"));
    }
  }

  /**
   * Returns the credentials of a key. Validates the key of a file too, so that errors are reported
   * at startup.
   *
   * @param file the file with the key, which is read again for each dial; null for a fixed key
   * @param application the application whose key verifies a token; null for an access key
   * @throws IllegalArgumentException if the key or the application ID is invalid
   */
  static Credentials credentials(@Nullable String file, String key, @Nullable String application) {
    Credentials fixed =
        application == null ? Credentials.apiKey(key) : Credentials.jwt(application, key);
    TokenSource source = file == null ? null : KeyFile.source(file);
    if (source == null) {
      return fixed;
    }
    return application == null ? Credentials.apiKey(source) : Credentials.jwt(application, source);
  }

  /**
   * Returns the application ID, or null. An empty argument counts as absent, because old scripts
   * pass an empty one along with an access key.
   */
  public @Nullable Setting application(Environment environment) {
    String argument = "".equals(applicationId) ? null : applicationId;
    return Setting.find(APPLICATION_ID, argument, "TUNNEL_APPLICATION_ID", environment);
  }

  boolean isPresent(Environment environment) {
    return argument() != null || environment.variable(API_KEY_VARIABLE) != null;
  }

  /** Returns the option that supplies the key, or null if no argument supplies one. */
  @Nullable String argument() {
    if (apiKeyFile != null) {
      return API_KEY_FILE;
    }
    return apiKey == null ? null : API_KEY;
  }

  /**
   * Returns the key or token itself.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if there is no key, or more than one
   */
  public Setting find(Environment environment) {
    if (apiKey != null && apiKeyFile != null) {
      throw CommandFailure.usage(
          API_KEY_FILE + ": cannot be combined with " + API_KEY + "; remove one of them");
    }
    if (apiKeyFile != null) {
      return new Setting(API_KEY_FILE, KeyFile.read(apiKeyFile, environment.input()), null);
    }
    Setting key = Setting.find(API_KEY, apiKey, API_KEY_VARIABLE, environment);
    if (key == null) {
      throw CommandFailure.usage(
          API_KEY_FILE + ": is missing; specify it or set " + API_KEY_VARIABLE);
    }
    return key;
  }
}
