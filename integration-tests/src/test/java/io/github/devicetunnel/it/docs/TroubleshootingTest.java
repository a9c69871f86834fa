package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.docs.MessageSources.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Checks that the documents list every message of the program, and no message that does not exist.
 */
final class TroubleshootingTest {
  private static final Path DOCS = Path.of(System.getProperty("tunnel.root"), "docs");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w+}");
  private static final Pattern HOLE = Pattern.compile(MessageSources.HOLE, Pattern.LITERAL);

  /** Classes that report progress, not errors. */
  private static final Set<String> SUCCESS_CLASSES =
      Set.of("ManPage", "OptionSections", "StatusLine", "TextEvents", "Version");

  /** Messages of other programs that the code searches for. */
  private static final Set<String> EXTERNAL_MESSAGES =
      Set.of(
          "Too many open files",
          "unable to find valid certification path",
          "is not accepted by client",
          "Unsupported or unrecognized SSL message",
          "Closed by interrupt",
          "Too many open files in system",
          "No buffer space available",
          "Address already in use",
          "Address already in use: connect",
          "Only one usage of each socket address",
          "Permission denied",
          "An attempt was made to access a socket in a way forbidden",
          "Cannot assign requested address",
          "Can't assign requested address",
          "The requested address is not valid in its context",
          "Unresolved address",
          "TLS server authentication",
          "signature check failed",
          "trustAnchors parameter must be non-empty",
          "no required ssl certificate was sent",
          "the ssl certificate error",
          "plain http request was sent to https port",
          "header or cookie too large",
          "post-handshake authentication",
          "speaking plain http to an ssl-enabled server port",
          "size of a request header field exceeds",
          "http request to an https server",
          "this combination of host and port requires tls",
          "connection timed out",
          "(alias|tag handle|anchor) .*");

  /** Messages of impossible states, and texts that only a debugger shows. */
  private static final Set<String> INTERNAL_MESSAGES =
      Set.of(
          "virtual threads require Java 21",
          "creating a virtual thread throws no checked exception",
          "timed out without a deadline",
          "the tunnel has not ended",
          "frames are read in pieces",
          "OkHttp connects a socket before it adds TLS",
          "a certificate without an encoded form",
          "no configuration file is set",
          "the key has been read",
          "resource demo.html is missing",
          "resource {} is missing",
          "handler of SIG{}",
          "Credentials[access key{}]",
          "Credentials[JWT of application {}{}]",
          ", client certificate {}",
          "tokens signed with {} for {} s",
          "Digest username=");

  /** Fragments of messages whose rest differs. */
  private static final Set<String> FRAGMENTS =
      Set.of("the interval", "the time", "the number", "the file", "standard error");

  /** Messages of success. */
  private static final Set<String> SUCCESS_MESSAGES =
      Set.of(
          "available, not expired",
          "round trip to the cloud",
          "the service sent {} bytes and closed the connection",
          "no host name to resolve",
          "reused an open connection",
          "ws connections are not encrypted",
          "the cloud accepted the tunnel",
          "through the proxy {}",
          "{}; {}, chain of {}",
          "certificate of {}, issued by {}, valid until {}",
          "All parts of this demo run on this machine:",
          "web page, in place of the service on a gateway",
          "tunnelling service, in place of the cloud",
          "listener, as opened by 'tunnel listen'",
          "Open {} in a browser. Press Ctrl-C to stop the demo.",
          "To connect another client, use device {}, service {} and:",
          "%,d bytes in %.0f ms: %.0f MB/s",
          "%s through the tunnel: status %d, %,d bytes",
          "%.1f ms after connecting, including dial and cold start",
          "%.1f ms until the stand-in for the cloud accepted the tunnel",
          "Stopping; draining open connections for up to {} (send a second signal to abort them)",
          "Stopped; no connections were open",
          "No longer listening on {}",
          "Metrics and status page on http://{}/",
          "Reloaded {} for new connections",
          "Uploaded to application {}");

  private static List<Text> texts;

  /**
   * A row of a table.
   *
   * @param fixed the texts between the placeholders
   */
  private record Row(String text, List<String> fixed) {
    static Row of(String text) {
      return new Row(text, List.of(PLACEHOLDER.split(text, -1)));
    }

    /** Returns whether a message matches the whole row, with any text in place of placeholders. */
    boolean matches(String message) {
      return message.startsWith(fixed.get(0))
          && message.endsWith(fixed.get(fixed.size() - 1))
          && isInOrder(message, fixed);
    }
  }

  @BeforeAll
  static void readSources() throws IOException {
    texts = MessageSources.texts();
  }

  @Test
  void documentsListEveryMessage() throws IOException {
    List<Row> rows = rows("TROUBLESHOOTING.md");
    rows.addAll(rows("REFUSALS.md"));

    List<Text> missing = messages();
    missing.removeIf(message -> rows.stream().anyMatch(has(message)));

    assertThat(missing).as("messages missing in the tables").isEmpty();
  }

  @Test
  void guideListsOnlyExistingMessages() throws IOException {
    List<Row> unknown = rows("TROUBLESHOOTING.md");
    assertThat(unknown).hasSizeGreaterThan(100);

    messages().forEach(message -> unknown.removeIf(has(message)));

    assertThat(unknown).as("rows without a message in the sources").isEmpty();
  }

  @Test
  void exemptMessagesStillExist() {
    assertThat(texts.stream().map(Text::text).toList())
        .containsAll(EXTERNAL_MESSAGES)
        .containsAll(INTERNAL_MESSAGES)
        .containsAll(FRAGMENTS)
        .containsAll(SUCCESS_MESSAGES);
  }

  private static List<Text> messages() {
    List<Text> messages = new ArrayList<>(texts);
    messages.removeIf(text -> SUCCESS_CLASSES.contains(text.className()));
    Stream.of(EXTERNAL_MESSAGES, INTERNAL_MESSAGES, FRAGMENTS, SUCCESS_MESSAGES)
        .forEach(exempt -> messages.removeIf(text -> exempt.contains(text.text())));
    return messages;
  }

  /**
   * Matches rows that contain the pieces of a message in their order, or that match the message.
   */
  private static Predicate<Row> has(Text message) {
    List<String> pieces =
        HOLE.splitAsStream(message.text()).map(String::strip).collect(Collectors.toList());
    return row -> isInOrder(row.text(), pieces) || row.matches(message.text());
  }

  /** Does not use regular expressions, which would take many times as long. */
  private static boolean isInOrder(String text, List<String> pieces) {
    int end = 0;
    for (String piece : pieces) {
      int start = text.indexOf(piece, end);
      if (start < 0) {
        return false;
      }
      end = start + piece.length();
    }
    return true;
  }

  /** Returns the first text in code format of every row in a table. */
  private static List<Row> rows(String document) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(DOCS.resolve(document))) {
      Matcher code = CODE.matcher(line);
      if (line.startsWith("| ") && code.find()) {
        rows.add(Row.of(code.group(1)));
      }
    }
    return rows;
  }
}
