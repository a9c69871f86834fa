package io.github.devicetunnel.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.value.Bytes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks the text. Integration tests check the display on a terminal. */
class StatusLineTest {
  private static final Activity.Totals BEFORE = new Activity.Totals(1, 1, 0, 0, 1_000_000);
  private static final long HALF_A_SECOND = Duration.ofMillis(500).toNanos();

  @Test
  void showsRatesAndTotals() {
    Activity.Totals now = new Activity.Totals(2, 17, 0, 600, 5_000_000);

    assertThat(StatusLine.text(BEFORE, now, HALF_A_SECOND, true))
        .isEqualTo("2 open, 17 total  up 1.20 kB/s (600 B)  down 8.00 MB/s (5.00 MB)  0 failed");
  }

  @Test
  void showsFailuresInRedOnlyWithColours() {
    Activity.Totals now = new Activity.Totals(0, 1, 3, 0, 1_000_000);

    assertThat(StatusLine.text(BEFORE, now, HALF_A_SECOND, true))
        .endsWith("(1.00 MB)  \u001b[31m3 failed\u001b[m");
    assertThat(StatusLine.text(BEFORE, now, HALF_A_SECOND, false)).endsWith("(1.00 MB)  3 failed");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "999.6, 1.00 kB",
    "1234, 1.23 kB",
    "99949, 99.9 kB",
    "99960, 100 kB",
    "999499, 999 kB",
    "999501, 1.00 MB",
    "50332089, 50.3 MB",
    "1e12, 1.00 TB",
    "2e18, 2000 PB"
  })
  void formatsBytes(double bytes, String text) {
    assertThat(Bytes.text(bytes)).isEqualTo(text);
  }
}
