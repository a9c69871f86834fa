package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares every message in {@code docs/REFUSALS.md} with the message of the program. */
final class RefusalTableTest {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalTableTest.class);
  private static final Map<String, RefusalScene> SCENES = scenes();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static Map<String, RefusalScene> scenes() {
    Map<String, RefusalScene> scenes = new TreeMap<>();
    for (Map<String, RefusalScene> group :
        List.of(
            RefusedCredentials.scenes(),
            RefusedKeyFiles.scenes(),
            RefusedTls.scenes(),
            RefusedProxies.scenes(),
            RefusedCommands.scenes())) {
      group.forEach((when, scene) -> assertThat(scenes.put(when, scene)).as(when).isNull());
    }
    return scenes;
  }

  static List<RefusalTable.Row> rows() throws IOException {
    return RefusalTable.rows();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void messageMatchesTable(RefusalTable.Row row) throws Exception {
    RefusalScene scene = SCENES.get(row.when());
    assertThat(scene).as("the scene of: %s", row).isNotNull();

    String message = scene.play(folder);

    LOG.trace("failed: {}", message);
    assertThat(message).matches(row.pattern());
  }

  @Test
  void tableListsEverySceneOnce() throws IOException {
    assertThat(rows().stream().map(RefusalTable.Row::when))
        .containsExactlyInAnyOrderElementsOf(SCENES.keySet())
        .hasSizeGreaterThanOrEqualTo(30);
  }
}
