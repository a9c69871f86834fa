package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Leaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays every row of the table of differences in {@code docs/EMBEDDING.md}. */
@EnabledOnOs(OS.LINUX)
final class DirectDifferencesTest {
  private static final String HEADING = "## Differences from a direct connection";
  private static final Map<String, DifferenceScene> SCENES = scenes();

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  private static Map<String, DifferenceScene> scenes() {
    Map<String, DifferenceScene> scenes = new TreeMap<>(CloseDifferences.scenes());
    scenes.putAll(FurtherDifferences.scenes());
    return scenes;
  }

  /** Returns the first cell of each row except the table head. */
  static List<String> situations() throws IOException {
    Path document = Path.of(System.getProperty("tunnel.root"), "docs", "EMBEDDING.md");
    return Files.readAllLines(document).stream()
        .dropWhile(line -> !line.equals(HEADING))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("| "))
        .skip(1)
        .peek(line -> assertThat(line.split(" \\| ")).as(line).hasSize(4))
        .map(line -> line.substring(2, line.indexOf(" | ")))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("situations")
  void differsAsDocumented(String situation) throws Exception {
    DifferenceScene scene = SCENES.get(situation);
    assertThat(scene).as("scene of: %s", situation).isNotNull();
    scene.play(folder);
  }

  @Test
  void tableListsEverySceneOnce() throws IOException {
    assertThat(situations()).containsExactlyInAnyOrderElementsOf(SCENES.keySet());
  }
}
