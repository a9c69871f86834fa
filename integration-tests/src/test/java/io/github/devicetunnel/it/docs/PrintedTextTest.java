package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that the programs print only ASCII, which every console shows correctly: the default
 * character sets of Java and the Windows console differ.
 */
final class PrintedTextTest {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final List<String> SOURCES =
      List.of(
          "tunnel-core/src/main/java",
          "tunnel-jwt/src/main/java",
          "tunnel-directory/src/main/java",
          "tunnel-cli/src/main/java",
          "tunnel-cli/src/main/dist",
          "bin");

  @Test
  void printedTextIsAscii() throws IOException {
    List<String> violations = new ArrayList<>();
    for (String folder : SOURCES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.readAllLines(file).stream()
              .filter(line -> !isComment(line) && !line.chars().allMatch(c -> c < 128))
              .forEach(line -> violations.add(ROOT.relativize(file) + ": " + line.strip()));
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  private static boolean isComment(String line) {
    return line.strip().matches("(?:/?\\*|//|#|rem ).*");
  }
}
