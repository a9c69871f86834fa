package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the programs say is ASCII, which comes through whatever the character set of a console is:
 * Java's and that of a console of Windows differ.
 */
final class PrintedTextTest {
  private static final Path ROOT = Path.of(System.getProperty("tunnel.root"));
  private static final List<String> SOURCES =
      List.of(
          "tunnel-core/src/main/java",
          "tunnel-jwt/src/main/java",
          "tunnel-cli/src/main/java",
          "tunnel-cli/src/main/dist",
          "bin");

  @Test
  void isAscii() throws IOException {
    List<String> others = new ArrayList<>();
    for (String folder : SOURCES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.readAllLines(file).stream()
              .filter(line -> !isComment(line) && !line.chars().allMatch(c -> c < 128))
              .forEach(line -> others.add(ROOT.relativize(file) + ": " + line.strip()));
        }
      }
    }
    assertThat(others).isEmpty();
  }

  private static boolean isComment(String line) {
    return line.strip().matches("(?:/?\\*|//|#|rem ).*");
  }
}
