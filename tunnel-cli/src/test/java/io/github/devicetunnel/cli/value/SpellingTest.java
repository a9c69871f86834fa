package io.github.devicetunnel.cli.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  private static final List<String> OPTIONS =
      List.of("--listen-uri", "--cloud-uri", "--device", "--api-key", "--api-key-file", "--once");

  @ParameterizedTest
  @CsvSource({
    "--lisen-uri, --listen-uri",
    "-clod-uri, --cloud-uri",
    "--divice, --device",
    "--DEVICE, --device",
    "-device, --device",
    "--api-kye, --api-key",
    "--api_key, --api-key",
    "--apikey, --api-key",
    "--api-key-fil, --api-key-file",
    "--listen, --listen-uri",
    "--onec, --once",
  })
  void suggestsNearestOption(String typed, String expected) {
    assertThat(Spelling.nearest(typed, OPTIONS)).isEqualTo(expected);
  }

  @Test
  void suggestsNothingWithoutSimilarOption() {
    assertThat(Spelling.nearest("--verbose", OPTIONS)).isNull();
    assertThat(Spelling.nearest("-x", OPTIONS)).isNull();
    assertThat(Spelling.nearest("", OPTIONS)).isNull();
    assertThat(Spelling.nearest("--", OPTIONS)).isNull();
  }
}
