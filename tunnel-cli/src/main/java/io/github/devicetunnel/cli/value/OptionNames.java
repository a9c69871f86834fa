package io.github.devicetunnel.cli.value;

/** The names of options and environment variables that are used in several packages. */
public final class OptionNames {
  public static final String CONFIG = "--config";
  public static final String CLOUD_URI = "--cloud-uri";
  public static final String PROFILE = "--profile";
  public static final String API_KEY = "--api-key";
  public static final String API_KEY_FILE = "--api-key-file";
  public static final String APPLICATION_ID = "--application-id";

  /** The variable with the access key or token. */
  public static final String API_KEY_VARIABLE = "TUNNEL_API_KEY";

  /**
   * The variable with the passphrase of an encrypted private key. A prompt would block scripts. See
   * {@code docs/rationale/credentials.md}.
   */
  public static final String PASSPHRASE_VARIABLE = "TUNNEL_JWT_PASSPHRASE";

  private OptionNames() {}
}
