package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.docs.MessageSources.Text;
import io.github.devicetunnel.it.docs.TroubleshootingSource.Row;
import io.github.devicetunnel.it.docs.TroubleshootingSource.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Checks that {@code docs/TROUBLESHOOTING.md} is the page of its source, that the messages in it
 * exist, and that each other message of the program states a fix itself. With {@code
 * -Dtroubleshooting.write=true}, writes the page.
 */
final class TroubleshootingTest {
  private static final Path PAGE =
      Path.of(System.getProperty("tunnel.root"), "docs", "TROUBLESHOOTING.md");
  private static final int MAX_CELL = 120;

  /** Fewer letters would match unrelated messages. */
  private static final int MIN_FIXED_TEXT = 10;

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w+}");
  private static final Pattern GAP = Pattern.compile("\\{\\w+}|…");

  /** Verbs of fixes, in the imperative. */
  private static final String VERBS =
      "add|ask|call|change|check|choose|close|configure|convert|copy|correct|create|enable|export"
          + "|increase|install|make|offer|omit|open|pass|provide|raise|read|remove|replace|report"
          + "|request|restart|return|run|save|set|specify|throw|trust|use|wait|write";

  /** An imperative at the beginning, or after a colon, semicolon, full stop or ", or". */
  private static final Pattern FIX =
      Pattern.compile(
          "(^|[;:.] |, or )((please|or|(if|to|for) [^;]+,) )?(" + VERBS + ")\\b",
          Pattern.CASE_INSENSITIVE);

  /** The valid value, or that a value is missing. */
  private static final Pattern REQUIREMENT =
      Pattern.compile(
          "\\bmust (not )?[a-z]+ |\\bis (missing|null|empty|blank)\\b"
              + "|which (the cloud|device-tunnel) requires");

  /** The section of a specification that the other side violates. */
  private static final Pattern SPECIFICATION = Pattern.compile("\\(RFC \\d+ section [\\d.]+\\)");

  /** The reason why a message is complete, or {@code NONE}. */
  private enum Rule {
    ROW,
    FIX,
    REQUIREMENT,
    SPECIFICATION,
    EXEMPT,
    NONE
  }

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
          "Broken pipe",
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
          "never completed exceptionally",
          "no thread for the request",
          "resource demo.html is missing",
          "resource {} is missing",
          "handler of SIG{}",
          "Credentials[access key{}]",
          "Credentials[JWT of application {}{}]",
          ", client certificate {}",
          "tokens signed with {} for {} s",
          "Digest username=");

  /** Parts of messages whose other parts state the cause and the fix. */
  private static final Set<String> FRAGMENTS =
      Set.of(
          "the interval",
          "the time",
          "the number",
          "the file",
          "standard error",
          "the algorithm",
          "the application ID",
          "the certificate",
          "the device ID",
          "the header",
          "the key",
          "the name",
          "the program",
          "the proxy",
          "the token",
          "the tunnel",
          "the shell",
          "the value",
          "the cloud",
          "the service",
          "the environment variable {}",
          "cannot open a tunnel to {}: {}",
          "cannot send a request to {}: {}",
          "the device {}",
          "the devices",
          "unknown state",
          "no device can have this name: {}",
          "{} (the value of {})",
          "example: tunnel exec [OPTION...] -- psql -p {port}",
          "file not found",
          "the file cannot be read",
          "more than one private key",
          "no private key",
          "is malformed",
          "has no scheme",
          "has a query or a fragment",
          "has only a part of the path",
          "host:port, [ipv6]:port or :port",
          "host:port, [ipv6]:port, :port or unix:/path",
          "contains a slash, as in a URL",
          "has no port",
          "has a port above 65535",
          "has a malformed host or port",
          "has an IPv6 address without brackets",
          "is a unix socket");

  /** Messages of success. */
  private static final Set<String> SUCCESS_MESSAGES =
      Set.of(
          "available, not expired",
          "round trip to the cloud",
          "first byte",
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
          "Each of these devices has the web page at service {}:",
          "To connect another client, use a device, the service and:",
          "%,d bytes in %.0f ms: %.0f MB/s",
          "%s through the tunnel: status %d, %,d bytes",
          "%.1f ms after connecting, including dial and cold start",
          "%.1f ms until the stand-in for the cloud accepted the tunnel",
          "Stopping; draining open connections for up to {} (send a second signal to abort them)",
          "Stopped; no connections were open",
          "Stopped before all listeners were open",
          "No longer listening on {}",
          "Metrics and status page on http://{}/",
          "Reloaded {} for new connections",
          "No devices found",
          "Uploaded to application {}");

  private static List<Text> texts;
  private static List<Section> sections;

  @BeforeAll
  static void readSources() throws IOException {
    texts = MessageSources.texts();
    sections = TroubleshootingSource.read();
  }

  @Test
  void pageMatchesSource() throws IOException {
    String page = TroubleshootingSource.page(sections);
    if (Boolean.getBoolean("troubleshooting.write")) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as("the page; -Dtroubleshooting.write=true writes it from its source")
        .isEqualTo(page);
  }

  @Test
  void rowsContainOnlyExistingMessages() {
    List<String> messages = messages();
    List<String> unknown = new ArrayList<>();
    for (Row row : rows()) {
      row.messages().stream()
          .filter(shown -> messages.stream().noneMatch(message -> isShown(message, shown)))
          .forEach(unknown::add);
      row.also().stream()
          .filter(part -> messages.stream().noneMatch(message -> isSame(message, part)))
          .forEach(unknown::add);
    }

    assertThat(unknown).as("texts of rows that no source contains").isEmpty();
    assertThat(rows()).hasSizeGreaterThan(100);
  }

  @Test
  void messagesOfRowsAreSpecific() {
    assertThat(rows().stream().flatMap(row -> row.messages().stream()))
        .allMatch(shown -> String.join("", fixedParts(shown)).length() >= MIN_FIXED_TEXT);
  }

  @Test
  void cellsAreShort() {
    assertThat(rows().stream().flatMap(row -> row.cells().stream()))
        .allMatch(cell -> !cell.isBlank() && !cell.contains("|") && cell.length() <= MAX_CELL);
  }

  @Test
  void everyMessageHasRowOrFix() {
    Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
    List<Text> incomplete = new ArrayList<>();
    for (Text text : texts) {
      Rule rule = rule(text);
      counts.merge(rule, 1, Integer::sum);
      if (rule == Rule.NONE) {
        incomplete.add(text);
      }
    }

    assertThat(incomplete)
        .as("messages that state no fix and have no row; messages by rule: %s", counts)
        .isEmpty();
  }

  @Test
  void exemptMessagesStillExist() {
    assertThat(texts.stream().map(Text::text).toList())
        .containsAll(EXTERNAL_MESSAGES)
        .containsAll(INTERNAL_MESSAGES)
        .containsAll(FRAGMENTS)
        .containsAll(SUCCESS_MESSAGES);
  }

  private static Rule rule(Text text) {
    String message = text.text();
    if (isExempt(text)) {
      return Rule.EXEMPT;
    }
    if (rows().stream().anyMatch(row -> explains(row, message))) {
      return Rule.ROW;
    }
    if (FIX.matcher(message).find()) {
      return Rule.FIX;
    }
    if (REQUIREMENT.matcher(message).find()) {
      return Rule.REQUIREMENT;
    }
    return SPECIFICATION.matcher(message).find() ? Rule.SPECIFICATION : Rule.NONE;
  }

  private static boolean isExempt(Text text) {
    return SUCCESS_CLASSES.contains(text.className())
        || Stream.of(EXTERNAL_MESSAGES, INTERNAL_MESSAGES, FRAGMENTS, SUCCESS_MESSAGES)
            .anyMatch(exempt -> exempt.contains(text.text()));
  }

  private static boolean explains(Row row, String message) {
    return row.messages().stream().anyMatch(shown -> isShown(message, shown))
        || row.also().stream().anyMatch(part -> isSame(message, part));
  }

  /** Returns whether a message contains the fixed parts of a message in a row, in their order. */
  private static boolean isShown(String message, String shown) {
    int end = 0;
    for (String part : fixedParts(shown)) {
      int start = message.indexOf(part, end);
      if (start < 0) {
        return false;
      }
      end = start + part.length();
    }
    return true;
  }

  /** Returns whether two messages are equal except for the names of placeholders. */
  private static boolean isSame(String message, String part) {
    String holes = PLACEHOLDER.matcher(part).replaceAll(MessageSources.HOLE);
    return message.strip().equals(holes.strip());
  }

  private static List<String> fixedParts(String shown) {
    return GAP.splitAsStream(shown).map(String::strip).filter(part -> !part.isEmpty()).toList();
  }

  private static List<String> messages() {
    return texts.stream().filter(text -> !isExempt(text)).map(Text::text).toList();
  }

  private static List<Row> rows() {
    return sections.stream().flatMap(section -> section.rows().stream()).toList();
  }
}
