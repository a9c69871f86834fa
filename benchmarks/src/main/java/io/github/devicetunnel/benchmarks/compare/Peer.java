package io.github.devicetunnel.benchmarks.compare;

import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * A program that forwards connections from a local port to the service.
 *
 * @param name the name in the table
 * @param command a command for {@code sh} with placeholders: {@code {port}} is the port to listen
 *     on, {@code {url}} is the URL of a connection at the cloud, {@code {ca}} is the file with its
 *     CA certificate, and {@code {service}} is the host and port of the service. If null, there is
 *     no program, and the load connects directly to the service
 */
record Peer(String name, @Nullable String command) {

  /** Parses {@code NAME=COMMAND}. */
  static Peer parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("--peer must be NAME=COMMAND, but contains no =");
    }
    return new Peer(text.substring(0, equals), text.substring(equals + 1));
  }

  /** Returns the command to run, or null if there is none. */
  @Nullable String command(int port, Stage stage) {
    return command == null
        ? null
        : command
            .replaceAll("\\{port}", Integer.toString(port))
            .replaceAll("\\{url}", Matcher.quoteReplacement(stage.url()))
            .replaceAll("\\{ca}", Matcher.quoteReplacement(stage.caFile().toString()))
            .replaceAll("\\{service}", stage.far() + ":" + stage.servicePort());
  }
}
