package io.github.devicetunnel.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ForegroundTest {
  @ParameterizedTest
  @CsvSource({
    "4711 (java) S 1 4711 4000 34816 4711 4194304 20, true",
    "4711 (java) S 1 4711 4000 34816 4000 4194304 20, false",
    "4711 (a) S 1 1 1) R 1 4711 4000 34816 4000 4194304, false",
    "4711 (java) S 1 4711 4711 0 -1 4194304 20, true",
    "4711 (java) S 1 4711 4711 34816 0 4194304 20, true",
    "'', true",
  })
  void detectsForegroundProcessGroup(String stat, boolean foreground) {
    assertThat(Foreground.isForeground(stat)).isEqualTo(foreground);
  }
}
