package io.github.devicetunnel.cli;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for an access key or a JWT. */
final class KeyOptions {
  static final String API_KEY = "--api-key";
  static final String API_KEY_FILE = "--api-key-file";
  static final String APPLICATION_ID = "--application-id";

  static final String VARIABLE = "TUNNEL_API_KEY";

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

  Key key(Environment environment) {
    Setting key = find(environment);
    Setting application = application(environment);
    boolean exposed =
        key.isArgument() && key.option().equals(API_KEY) && !environment.config().sets(API_KEY);
    try {
      // Validate the key of a file too, so that errors are reported at startup.
      Credentials fixed =
          application == null
              ? Credentials.apiKey(key.value())
              : Credentials.jwt(application.value(), key.value());
      TokenSource source = apiKeyFile == null ? null : KeyFile.source(apiKeyFile);
      return new Key(source == null ? fixed : from(source, application), exposed);
    } catch (IllegalArgumentException e) {
      boolean isKey = !String.valueOf(e.getMessage()).startsWith("applicationId");
      throw (application == null || isKey ? key : application).rejected(e);
    }
  }

  private static Credentials from(TokenSource source, @Nullable Setting application) {
    return application == null
        ? Credentials.apiKey(source)
        : Credentials.jwt(application.value(), source);
  }

  /**
   * Returns the application ID, or null. An empty argument counts as absent, because old scripts
   * pass an empty one along with an access key.
   */
  @Nullable Setting application(Environment environment) {
    String argument = "".equals(applicationId) ? null : applicationId;
    return Setting.find(APPLICATION_ID, argument, "TUNNEL_APPLICATION_ID", environment);
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
  Setting find(Environment environment) {
    if (apiKey != null && apiKeyFile != null) {
      throw CommandFailure.usage(
          API_KEY_FILE + ": cannot be combined with " + API_KEY + "; remove one of them");
    }
    if (apiKeyFile != null) {
      return new Setting(API_KEY_FILE, KeyFile.read(apiKeyFile, environment.input()), null);
    }
    Setting key = Setting.find(API_KEY, apiKey, VARIABLE, environment);
    if (key == null) {
      throw CommandFailure.usage(API_KEY_FILE + ": is missing; specify it or set " + VARIABLE);
    }
    return key;
  }
}
