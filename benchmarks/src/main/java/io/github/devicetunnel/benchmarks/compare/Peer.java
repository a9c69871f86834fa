package io.github.devicetunnel.benchmarks.compare;

import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Something that carries connections from a local port to the service.
 *
 * @param name as in the table
 * @param command for {@code sh}, with {@code {port}} to listen on, {@code {url}} of a connection at
 *     the cloud, {@code {ca}}, the file of its authority, {@code {service}}, host and port; or null
 *     for no program at all: the load connects to the service itself
 */
record Peer(String name, @Nullable String command) {

  /** As {@code NAME=COMMAND}. */
  static Peer parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("a peer is NAME=COMMAND, but there is no =");
    }
    return new Peer(text.substring(0, equals), text.substring(equals + 1));
  }

  /** What is run, if anything. */
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
