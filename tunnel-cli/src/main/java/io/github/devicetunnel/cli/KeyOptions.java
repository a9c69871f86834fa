package io.github.devicetunnel.cli;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the key comes from, and what kind of key it is. */
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
          "File with the access key or JWT, read again for every connection, or - for standard"
              + " input.")
  private @Nullable String apiKeyFile;

  @Option(
      names = API_KEY,
      paramLabel = "KEY",
      order = 21,
      description = "The access key or JWT itself, where others can see it. [TUNNEL_API_KEY]")
  private @Nullable String apiKey;

  @Option(
      names = APPLICATION_ID,
      paramLabel = "ID",
      order = 22,
      description =
          "The application whose verification key checks the JWT. Without it the key is an access"
              + " key. [TUNNEL_APPLICATION_ID]")
  private @Nullable String applicationId;

  /**
   * @param credentials made of the key
   * @param exposed whether it stood among the arguments
   */
  record Key(Credentials credentials, boolean exposed) {}

  Key key(Environment environment) {
    Setting key = find(environment);
    Setting application = application(environment);
    boolean exposed =
        key.isArgument() && key.option().equals(API_KEY) && !environment.config().sets(API_KEY);
    try {
      // Of a file too, so that what is wrong with it is told at once.
      Credentials fixed =
          application == null
              ? Credentials.apiKey(key.value())
              : Credentials.jwt(application.value(), key.value());
      TokenSource source = apiKeyFile == null ? null : KeyFile.source(apiKeyFile);
      return new Key(source == null ? fixed : from(source, application), exposed);
    } catch (IllegalArgumentException e) {
      boolean isKey = !String.valueOf(e.getMessage()).startsWith("applicationId");
      throw (application == null || isKey ? key : application).refused(e);
    }
  }

  private static Credentials from(TokenSource source, @Nullable Setting application) {
    return application == null
        ? Credentials.apiKey(source)
        : Credentials.jwt(application.value(), source);
  }

  /** Old scripts pass an empty one along with an access key. */
  @Nullable Setting application(Environment environment) {
    String argument = "".equals(applicationId) ? null : applicationId;
    return Setting.find(APPLICATION_ID, argument, "TUNNEL_APPLICATION_ID", environment);
  }

  /** The option that a key was given with, null when there is none among the arguments. */
  @Nullable String argument() {
    if (apiKeyFile != null) {
      return API_KEY_FILE;
    }
    return apiKey == null ? null : API_KEY;
  }

  /** The secret itself. */
  Setting find(Environment environment) {
    if (apiKey != null && apiKeyFile != null) {
      throw CommandFailure.usage(
          API_KEY_FILE + ": " + API_KEY + " is given as well, and there can be only one key");
    }
    if (apiKeyFile != null) {
      return new Setting(API_KEY_FILE, KeyFile.read(apiKeyFile, environment.input()), null);
    }
    Setting key = Setting.find(API_KEY, apiKey, VARIABLE, environment);
    if (key == null) {
      throw CommandFailure.usage(API_KEY_FILE + ": is missing (or set " + VARIABLE + ")");
    }
    return key;
  }
}
