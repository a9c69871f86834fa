package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.MessageSources.Text;
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

/** Whoever looks for a message in the documents finds it, and finds no message that is not said. */
final class TroubleshootingTest {
  private static final Path DOCS = Path.of(System.getProperty("tunnel.root"), "docs");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w+}");
  private static final Pattern HOLE = Pattern.compile(MessageSources.HOLE, Pattern.LITERAL);

  /** Classes that say how it goes, not what is wrong. */
  private static final Set<String> TELL_OF_SUCCESS =
      Set.of("ManPage", "OptionSections", "StatusLine", "TextEvents", "Version");

  /** What others say, and is looked for. */
  private static final Set<String> WORDS_OF_OTHERS =
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

  /** Defects that cannot be, and what is only seen in a debugger. */
  private static final Set<String> NEVER_SAID =
      Set.of(
          "Java 21 and later have virtual threads",
          "making a virtual thread throws nothing",
          "without a deadline there is no timeout",
          "the tunnel has not ended",
          "frames are read in pieces",
          "OkHttp connects a socket before it adds TLS",
          "a certificate without its bytes",
          "there is no file",
          "the key has been read",
          "demo.html is not beside the class that serves it",
          "{} is not beside the class that serves it",
          "handler of SIG{}",
          "Credentials[access key{}]",
          "Credentials[JWT of application {}{}]",
          "TlsSettings[trusted are {}{}{}]",
          ", client certificate {}",
          "tokens signed with {} for {} s",
          "Digest username=");

  /** Parts of sentences, whose rest differs. */
  private static final Set<String> NAMES_OF_SETTINGS =
      Set.of("the interval", "the time", "the number", "the file", "standard error");

  /** What is told when all is well. */
  private static final Set<String> SUCCESS =
      Set.of(
          "there is one, and nothing speaks against it so far",
          "to the cloud and back",
          "it sent {} bytes and closed the connection",
          "there is no name to be looked up",
          "a connection was open already",
          "ws is not encrypted",
          "the cloud granted the tunnel",
          "through the proxy {}",
          "{}; {}, chain of {}",
          "certificate of {}, issued by {}, valid to {}",
          "Everything in this demo is on this machine:",
          "a small web page, for the service on a gateway",
          "a tunnelling service, for the cloud",
          "the local end of the tunnel, as 'tunnel listen' opens it",
          "Open {} in a browser. Ctrl-C ends the demo.",
          "For a program of yours, with device {} and service {}:",
          "%,d bytes in %.0f ms: %.0f MB/s",
          "%s came through the tunnel: status %d, %,d bytes",
          "%.1f ms after connecting, dial and a cold start included",
          "%.1f ms until the stand-in for the cloud had granted a tunnel",
          "Stopping; open connections may finish for {}, a second signal cuts them",
          "Stopped; no connection was open",
          "No longer listening on {}",
          "Metrics and a status page on http://{}/",
          "Read {} again, for new connections",
          "Uploaded to application {}");

  private static List<Text> said;

  /**
   * A row of a table.
   *
   * @param fixed what stands between its placeholders
   */
  private record Row(String text, List<String> fixed) {
    static Row of(String text) {
      return new Row(text, List.of(PLACEHOLDER.split(text, -1)));
    }

    /** Whether a message stands for the whole of it, with anything in place of placeholders. */
    boolean fits(String message) {
      return message.startsWith(fixed.get(0))
          && message.endsWith(fixed.get(fixed.size() - 1))
          && isInOrder(message, fixed);
    }
  }

  @BeforeAll
  static void readSources() throws IOException {
    said = MessageSources.texts();
  }

  @Test
  void everyMessageIsThere() throws IOException {
    List<Row> rows = rows("TROUBLESHOOTING.md");
    rows.addAll(rows("REFUSALS.md"));

    List<Text> missing = messages();
    missing.removeIf(message -> rows.stream().anyMatch(has(message)));

    assertThat(missing).as("messages that no table has").isEmpty();
  }

  @Test
  void nothingElseIsThere() throws IOException {
    List<Row> unknown = rows("TROUBLESHOOTING.md");
    assertThat(unknown).hasSizeGreaterThan(100);

    messages().forEach(message -> unknown.removeIf(has(message)));

    assertThat(unknown).as("rows that no source has").isEmpty();
  }

  @Test
  void whatIsLeftOutIsStillSaid() {
    assertThat(said.stream().map(Text::text).toList())
        .containsAll(WORDS_OF_OTHERS)
        .containsAll(NEVER_SAID)
        .containsAll(NAMES_OF_SETTINGS)
        .containsAll(SUCCESS);
  }

  private static List<Text> messages() {
    List<Text> messages = new ArrayList<>(said);
    messages.removeIf(text -> TELL_OF_SUCCESS.contains(text.className()));
    Stream.of(WORDS_OF_OTHERS, NEVER_SAID, NAMES_OF_SETTINGS, SUCCESS)
        .forEach(others -> messages.removeIf(text -> others.contains(text.text())));
    return messages;
  }

  /** The pieces of a message stand in a row in their order, or the row stands for it. */
  private static Predicate<Row> has(Text message) {
    List<String> pieces =
        HOLE.splitAsStream(message.text()).map(String::strip).collect(Collectors.toList());
    return row -> isInOrder(row.text(), pieces) || row.fits(message.text());
  }

  /** Without regular expressions, which would take many times as long. */
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

  /** What is in code in the rows of tables: in their first cells, or the first that is. */
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
