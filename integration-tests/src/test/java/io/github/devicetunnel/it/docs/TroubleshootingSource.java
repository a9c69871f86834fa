package io.github.devicetunnel.it.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads {@code troubleshooting.txt}, and generates {@code docs/TROUBLESHOOTING.md} from it. */
final class TroubleshootingSource {
  private static final Path FILE =
      Path.of(
          System.getProperty("tunnel.root"),
          "integration-tests/src/test/resources/troubleshooting.txt");

  private TroubleshootingSource() {}

  /**
   * A section of the page.
   *
   * @param id the anchor of the heading
   * @param text the lines of the introduction
   */
  record Section(String id, String title, List<String> text, List<Row> rows) {}

  /**
   * A row of a table.
   *
   * @param also texts with the same cause and fix that are not on the page
   */
  record Row(List<String> messages, List<String> also, String cause, String fix) {
    List<String> cells() {
      String codes =
          messages.stream().map(message -> "`" + message + "`").collect(Collectors.joining(" or "));
      return List.of(codes, cause, fix);
    }
  }

  static List<Section> read() throws IOException {
    List<Section> sections = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    List<String> also = new ArrayList<>();
    String cause = "";
    for (String line : Files.readAllLines(FILE)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).replaceFirst("^ ", "");
      switch (line.substring(0, colon)) {
        case "section" -> sections.add(section(value));
        case "text" -> sections.get(sections.size() - 1).text().add(value);
        case "message" -> messages.add(value);
        case "also" -> also.add(value);
        case "cause" -> cause = value;
        case "fix" -> {
          Row row = new Row(List.copyOf(messages), List.copyOf(also), cause, value);
          sections.get(sections.size() - 1).rows().add(row);
          messages.clear();
          also.clear();
          cause = "";
        }
        default -> throw new AssertionError("unknown key: " + line);
      }
    }
    return sections;
  }

  private static Section section(String heading) {
    int blank = heading.indexOf(' ');
    return new Section(
        heading.substring(0, blank),
        heading.substring(blank + 1),
        new ArrayList<>(),
        new ArrayList<>());
  }

  /** Generates the page. A section without rows links to the sections with rows. */
  static String page(List<Section> sections) {
    StringBuilder page = new StringBuilder("# Troubleshooting\n");
    for (Section section : sections) {
      page.append("\n## ").append(section.title()).append("\n\n");
      section.text().forEach(line -> page.append(line).append('\n'));
      if (!section.text().isEmpty()) {
        page.append('\n');
      }
      page.append(section.rows().isEmpty() ? links(sections) : table(section.rows()));
    }
    return page.toString();
  }

  private static String links(List<Section> sections) {
    return sections.stream()
        .filter(section -> !section.rows().isEmpty())
        .map(section -> "- [" + section.title() + "](#" + section.id() + ")\n")
        .collect(Collectors.joining());
  }

  private static String table(List<Row> rows) {
    return rows.stream()
        .map(row -> "| " + String.join(" | ", row.cells()) + " |\n")
        .collect(Collectors.joining("", "| message | cause | fix |\n|---|---|---|\n", ""));
  }
}
