package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A piece of Java that somebody will copy out of the documentation: a whole file, or statements.
 *
 * @param lines how many are above it in its document
 */
record Sample(Path document, int lines, String code) {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final Pattern IN_MARKDOWN = Pattern.compile("(?ms)^```java\n(.*?)^```$");
  private static final Pattern IN_JAVADOC =
      Pattern.compile("(?ms)^ *\\* <pre>\\{@code\n(.*?)^ *\\* \\}</pre>$");
  private static final Pattern MAIN_CLASS = Pattern.compile("(?m)^(?:public )?class (\\w+)");

  /** Those of the README alone. */
  static List<Sample> ofReadme() throws IOException {
    return inMarkdown(ROOT.resolve("README.md"));
  }

  /** Those of all documents. */
  static List<Sample> ofMarkdown() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".md")).sorted().toList()) {
          samples.addAll(inMarkdown(file));
        }
      }
    }
    return samples;
  }

  /** Those of all that is published. */
  static List<Sample> ofJavadoc() throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(Sample::isPublished).sorted().toList()) {
        samples.addAll(inJavadoc(file));
      }
    }
    return samples;
  }

  private static boolean isPublished(Path file) {
    String path = ROOT.relativize(file).toString();
    return path.matches("tunnel-[a-z]+/src/main/java/.*\\.java");
  }

  private static List<Sample> inMarkdown(Path file) throws IOException {
    String text = Files.readString(file);
    List<Sample> samples = find(IN_MARKDOWN, file, text);
    assertThat(count("(?i)``` *java", text)).as("samples in %s", file).isEqualTo(samples.size());
    return samples;
  }

  private static List<Sample> inJavadoc(Path file) throws IOException {
    String text = Files.readString(file);
    List<Sample> samples = find(IN_JAVADOC, file, text);
    // What is no sample, or is written in another way, would not be found to be broken.
    assertThat(count("(?im)^ *\\*.*<pre\\b(?! class=\"diagram\")", text))
        .as("<pre> other than <pre>{@code in %s", file)
        .isEqualTo(samples.size());
    return samples.stream()
        .map(s -> new Sample(file, s.lines, s.code.replaceAll("(?m)^ *\\* ?", "")))
        .toList();
  }

  private static List<Sample> find(Pattern pattern, Path file, String text) {
    List<Sample> samples = new ArrayList<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      int lines = count("\n", text.substring(0, matcher.start(1)));
      samples.add(new Sample(file, lines, matcher.group(1)));
    }
    return samples;
  }

  private static int count(String pattern, String text) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }

  /** Whether it is a class, and not statements. */
  boolean isClass() {
    return MAIN_CLASS.matcher(code).find();
  }

  /** Whether it is a class with its imports: a whole file. */
  boolean isFile() {
    return isClass() && code.contains("import ");
  }

  /** The class that it is named after. */
  String className() {
    Matcher matcher = MAIN_CLASS.matcher(code);
    assertThat(matcher.find()).as("a class in %s", this).isTrue();
    return matcher.group(1);
  }

  /** Where one of its lines is in its document; the first is 1. */
  String atLine(long line) {
    return ROOT.relativize(document) + ":" + (lines + line);
  }

  @Override
  public String toString() {
    return atLine(1);
  }
}
