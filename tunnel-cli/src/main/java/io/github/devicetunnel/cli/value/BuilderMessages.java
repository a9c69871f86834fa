package io.github.devicetunnel.cli.value;

import static java.util.Map.entry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates error messages of the library's builders, which begin with the name of a parameter,
 * into messages about options. For example, {@code deviceId is missing} becomes {@code --device: is
 * missing}.
 */
public final class BuilderMessages {
  private static final Map<String, Parameter> PARAMETERS =
      Map.ofEntries(
          entry("cloudUri", new Parameter("--cloud-uri", "the URL")),
          entry("deviceId", new Parameter("--device", "the device ID")),
          entry("serviceAddress", new Parameter("--service", "the address of the service")),
          entry("pingInterval", new Parameter("--ping-duration", "the interval")),
          entry("connectTimeout", new Parameter("--connect-timeout", "the time")),
          entry("halfCloseTimeout", new Parameter("--half-close-timeout", "the time")),
          entry("livenessTimeout", new Parameter("--liveness-timeout", "the time")),
          entry("writeTimeout", new Parameter("--write-timeout", "the time")),
          entry("idleTimeout", new Parameter("--idle-timeout", "the time")),
          entry("drainTimeout", new Parameter("--drain-timeout", "the time")),
          entry("maxConnections", new Parameter("--max-connections", "the number")),
          entry("warmConnections", new Parameter("--warm-connections", "the number")),
          entry("apiKey", new Parameter(OptionNames.API_KEY, "the value")),
          entry("token", new Parameter(OptionNames.API_KEY, "the value")),
          entry("applicationId", new Parameter(OptionNames.APPLICATION_ID, "the application ID")),
          entry("trustAlso", new Parameter("--ca-file", "the file")),
          entry("clientCertificate", new Parameter("--client-cert", "the certificate")),
          entry("clientKey", new Parameter("--client-key", "the key")),
          entry("proxy", new Parameter("--proxy", "the proxy")),
          entry("header:", new Parameter("--header", "the header")),
          entry("subprotocol", new Parameter("--subprotocol", "the name")),
          entry("algorithm", new Parameter("--algorithm", "the algorithm")),
          entry("certificate", new Parameter("--certificate", "the certificate")),
          entry("name", new Parameter("--name", "the name")));

  private static final Map<String, String> ALTERNATIVES =
      Map.of(
          "--device",
              "; specify it, set TUNNEL_DEVICE, or use a full connection URL in --cloud-uri",
          "--service",
              "; specify it, set TUNNEL_SERVICE, or use a full connection URL in --cloud-uri");

  private BuilderMessages() {}

  /**
   * The option of a parameter.
   *
   * @param words name of the parameter in a message about an option that contains it as a part
   */
  private record Parameter(String option, String words) {}

  /**
   * Returns the message of an exception in terms of options.
   *
   * @param given the option with the rejected value, or null for the option of the parameter
   */
  public static String translate(RuntimeException e, @Nullable String given) {
    String message =
        String.valueOf(e.getMessage())
            .replace("allowPlaintext(true)", "--allow-plaintext")
            .replace("subprotocol(...)", "--subprotocol")
            .replace("proxy(...)", "--proxy")
            .replace(
                "use Credentials.jwt(applicationId, token)", "specify --application-id as well")
            .replace(
                "use Credentials.apiKey(key)",
                "omit --application-id and unset TUNNEL_APPLICATION_ID");
    int blank = message.indexOf(' ');
    Parameter parameter = blank < 0 ? null : PARAMETERS.get(message.substring(0, blank));
    if (parameter == null) {
      return given == null ? message : given + ": " + message;
    }
    String complaint = message.substring(blank + 1);
    if (given != null && !given.equals(parameter.option)) {
      return given + ": " + parameter.words + " " + complaint;
    }
    String alternative =
        complaint.equals("is missing") ? ALTERNATIVES.getOrDefault(parameter.option, "") : "";
    return parameter.option + ": " + complaint + alternative;
  }
}
