package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link from a document to this repository resolves. External links are not checked. */
final class DocumentLinksTest {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\((?<target>[^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(?<text>.+)$");
  private static final Pattern EXTERNAL = Pattern.compile("[a-z]+:.*");

  static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 3)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !ROOT.relativize(file).toString().matches(".*(target|node_modules)/.*"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyRepositoryLinkResolves(Path document) throws IOException {
    assertThat(links(document)).filteredOn(link -> !resolves(document, link)).isEmpty();
  }

  /** Guards against a check that accepts every link. */
  @Test
  void detectsBrokenLink() throws IOException {
    Path readme = ROOT.resolve("README.md");

    assertThat(resolves(readme, "docs/NO_SUCH_FILE.md")).isFalse();
    assertThat(resolves(readme, "docs/ARCHITECTURE.md#no-such-heading")).isFalse();
    assertThat(resolves(readme, "docs/ARCHITECTURE.md#data-path")).isTrue();
    assertThat(links(readme)).contains("docs/ARCHITECTURE.md");
    assertThat(documents()).contains(readme, ROOT.resolve("docs/ARCHITECTURE.md"));
  }

  private static List<String> links(Path document) throws IOException {
    String text = FENCED.matcher(Files.readString(document)).replaceAll("");
    return LINK.matcher(CODE.matcher(text).replaceAll("x"))
        .results()
        .map(link -> link.group(1))
        .filter(link -> !EXTERNAL.matcher(link).matches())
        .toList();
  }

  private static boolean resolves(Path document, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
    if (!target.startsWith(ROOT) || !Files.exists(target)) {
      return false;
    }
    return hash < 0 || anchors(target).contains(link.substring(hash + 1));
  }

  /** Returns the anchors that common viewers derive from headings. */
  private static List<String> anchors(Path document) {
    String text;
    try {
      text = FENCED.matcher(Files.readString(document)).replaceAll("");
    } catch (IOException e) {
      throw new AssertionError(document + " cannot be read", e);
    }
    return HEADING
        .matcher(text)
        .results()
        .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }
}
