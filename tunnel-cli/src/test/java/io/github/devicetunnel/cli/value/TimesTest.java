package io.github.devicetunnel.cli.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

  @Test
  void parsesEachUnit() {
    assertThat(Times.parse("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Times.parse("10s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(Times.parse("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(Times.parse("12h")).isEqualTo(Duration.ofHours(12));
    assertThat(Times.parse("30d")).isEqualTo(Duration.ofDays(30));
    assertThat(Times.parse("0")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "-1s", "1.5s", "5 s", "5S", "1w", "3651d", "9999999999s", "5s\n"})
  void rejectsOtherFormatsAndNamesValue(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Times.parse(text))
        .withMessageStartingWith("must be a duration such as")
        .withMessageEndingWith("but is " + Quoted.of(text));
  }
}
