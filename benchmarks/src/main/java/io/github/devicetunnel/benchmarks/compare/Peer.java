package io.github.devicetunnel.benchmarks.compare;

import java.util.regex.Matcher;

/**
 * Something that carries connections from a local port to the service.
 *
 * @param name as in the table
 * @param command for {@code sh}, with {@code {port}} to listen on, {@code {url}} of a connection at
 *     the cloud, {@code {ca}}, the file of its authority, {@code {service}}, host and port
 */
record Peer(String name, String command) {

  /** As {@code NAME=COMMAND}. */
  static Peer parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("a peer is NAME=COMMAND, but there is no =");
    }
    return new Peer(text.substring(0, equals), text.substring(equals + 1));
  }

  String command(int port, Stage stage) {
    return command
        .replaceAll("\\{port}", Integer.toString(port))
        .replaceAll("\\{url}", Matcher.quoteReplacement(stage.url()))
        .replaceAll("\\{ca}", Matcher.quoteReplacement(stage.caFile().toString()))
        .replaceAll("\\{service}", "127.0.0.1:" + Integer.toString(stage.service().getPort()));
  }
}
