package io.github.devicetunnel.cli.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondsTest {

  @Test
  void parsesWholeAndDecimalNumbers() {
    assertThat(Seconds.parse("5")).isEqualTo(Duration.ofSeconds(5));
    assertThat(Seconds.parse("0")).isEqualTo(Duration.ZERO);
    assertThat(Seconds.parse("0.25")).isEqualTo(Duration.ofMillis(250));
    assertThat(Seconds.parse("999999.999999999"))
        .isEqualTo(Duration.ofSeconds(999_999, 999_999_999));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5s", "-1", ".5", "5.", "1e3", "NaN", "1000000", " 5", "٥"})
  void rejectsOtherFormats(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Seconds.parse(text));
  }
}
