package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Leaks;
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
final class RejectionTableTest {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionTableTest.class);
  private static final Map<String, RejectionScene> SCENES = scenes();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static Map<String, RejectionScene> scenes() {
    Map<String, RejectionScene> scenes = new TreeMap<>();
    for (Map<String, RejectionScene> group :
        List.of(
            RejectedCredentials.scenes(),
            RejectedKeyFiles.scenes(),
            RejectedTls.scenes(),
            RejectedProxies.scenes(),
            RejectedCommands.scenes())) {
      group.forEach((when, scene) -> assertThat(scenes.put(when, scene)).as(when).isNull());
    }
    return scenes;
  }

  static List<RejectionTable.Row> rows() throws IOException {
    return RejectionTable.rows();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void messageMatchesTable(RejectionTable.Row row) throws Exception {
    RejectionScene scene = SCENES.get(row.when());
    assertThat(scene).as("the scene of: %s", row).isNotNull();

    String message = scene.play(folder);

    LOG.trace("failed: {}", message);
    assertThat(message).matches(row.pattern());
  }

  @Test
  void tableListsEverySceneOnce() throws IOException {
    assertThat(rows().stream().map(RejectionTable.Row::when))
        .containsExactlyInAnyOrderElementsOf(SCENES.keySet())
        .hasSizeGreaterThanOrEqualTo(30);
  }
}
