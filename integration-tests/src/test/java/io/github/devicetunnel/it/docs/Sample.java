package io.github.devicetunnel.it.docs;

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
 * A piece of Java in the documentation: a whole file, or statements.
 *
 * @param lines number of lines above the sample in its document
 */
record Sample(Path document, int lines, String code) {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final Pattern IN_MARKDOWN = Pattern.compile("(?ms)^```java\n(.*?)^```$");
  private static final Pattern IN_JAVADOC =
      Pattern.compile("(?ms)^ *\\* <pre>\\{@code\n(.*?)^ *\\* \\}</pre>$");
  private static final Pattern MAIN_CLASS = Pattern.compile("(?m)^(?:public )?class (\\w+)");

  /** Returns the samples of the README. */
  static List<Sample> ofReadme() throws IOException {
    return inMarkdown(ROOT.resolve("README.md"));
  }

  /** Returns the samples of all documents. */
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

  /** Returns the samples in the Javadoc of all published modules. */
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
    // A code block in another form would not be compiled.
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

  /** Returns whether the sample is a class, and not statements. */
  boolean isClass() {
    return MAIN_CLASS.matcher(code).find();
  }

  /** Returns whether the sample is a whole file: a class with its imports. */
  boolean isFile() {
    return isClass() && code.contains("import ");
  }

  /** Returns the name of the first class in the sample. */
  String className() {
    Matcher matcher = MAIN_CLASS.matcher(code);
    assertThat(matcher.find()).as("a class in %s", this).isTrue();
    return matcher.group(1);
  }

  /** Returns the position of a line of the sample in its document; the first line is 1. */
  String atLine(long line) {
    return ROOT.relativize(document) + ":" + (lines + line);
  }

  @Override
  public String toString() {
    return atLine(1);
  }
}
