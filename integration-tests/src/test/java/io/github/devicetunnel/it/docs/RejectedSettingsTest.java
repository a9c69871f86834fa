package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Leaks;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the whole message of each rejected setting, credential or tunnel. */
final class RejectedSettingsTest {
  private static final Logger LOG = LoggerFactory.getLogger(RejectedSettingsTest.class);

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  static List<RejectionScene> scenes() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.addAll(RejectedCredentials.scenes());
    scenes.addAll(RejectedKeyFiles.scenes());
    scenes.addAll(RejectedTls.scenes());
    scenes.addAll(RejectedProxies.scenes());
    scenes.addAll(RejectedCommands.scenes());
    return scenes.list();
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void messageMatchesScene(RejectionScene scene) throws Exception {
    String message = scene.action().play(folder);

    LOG.trace("failed: {}", message);
    assertThat(message).matches(scene.pattern());
  }

  /** Guards against scenes that are not added. */
  @Test
  void scenesAreComplete() {
    assertThat(scenes()).hasSizeGreaterThanOrEqualTo(80);
  }
}
