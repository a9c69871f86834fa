package io.github.devicetunnel.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the validation of queries, and patterns for names. */
class DeviceQueryTest {
  @ParameterizedTest
  @CsvSource({
    "turbine-7, turbine-7, true",
    "turbine-7, turbine-77, false",
    "turbine-*, turbine-, true",
    "*-7, turbine-7-7, true",
    "t*b*7, turbine-7, true",
    "t*b*8, turbine-7, false",
    "turbine-?, turbine-7, true",
    "turbine-?, turbine-, false",
    "*, x, true",
    "T*, turbine-7, false",
    "a.c, abc, false",
    "[a]*, a, false",
    "**, x, true",
  })
  void matchesPattern(String pattern, String name, boolean matches) {
    assertThat(new NameGlob(pattern).matches(name)).isEqualTo(matches);
  }

  /** A backtracking matcher would need longer than the test may take. */
  @Test
  void matchesDifficultPatternSoon() {
    assertThat(new NameGlob("*a".repeat(200) + "b").matches("a".repeat(500))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 2, 500, 1000, 5000})
  void limitsPageSize(int size) {
    HttpUrl.Builder url = HttpUrl.get("http://localhost/").newBuilder();
    DeviceQuery.builder().pageSize(size).build().addTo(url);
    String sent = String.valueOf(Math.max(2, Math.min(1000, size)));
    assertThat(url.build().queryParameter("limit")).isEqualTo(sent);
  }

  @Test
  void reportsInvalidValues() {
    DeviceQuery.Builder query = DeviceQuery.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> query.limit(0))
        .withMessage("limit must be at least 1, but is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> query.states("registered", "a,b"))
        .withMessage("states must be words such as registered, but one is \"a,b\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> query.name("\u001b[2J"))
        .withMessage(
            "name must not contain control characters, but is \"?[2J\"; remove them, or use the"
                + " device ID");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> query.nameGlob("x".repeat(501)))
        .withMessage("name must have at most 500 characters, but has 501");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Device("7", null, null, null, null, null, null, null, null))
        .withMessage(
            "id must be 32 hex digits, such as 017b7fddb124724840c1c7b800000000, but is \"7\"");
  }
}
