package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactionTest {

  @Test
  void hidesWhatLooksLikeAKeyOrToken() {
    Redaction redaction = redaction(Map.of());

    assertThat(redaction.apply("but is \"ak_2MDE3b\" (9 characters)"))
        .isEqualTo("but is \"***\" (9 characters)");
    assertThat(redaction.apply("but is \"eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln-_\""))
        .isEqualTo("but is \"***\"");
    assertThat(redaction.apply("an access key (ak_…)")).isEqualTo("an access key (ak_…)");
    assertThat(redaction.apply("nothing to hide at 127.0.0.1:80"))
        .isEqualTo("nothing to hide at 127.0.0.1:80");
  }

  @Test
  void hidesTheKeyThatWasGiven() {
    assertThat(redaction(Map.of("TUNNEL_API_KEY", "opaque-one")).apply("is opaque-one!"))
        .isEqualTo("is ***!");
    assertThat(redaction(Map.of("TUNNEL_API_KEY_ARGUMENT", "opaque-two")).apply("is opaque-two!"))
        .isEqualTo("is ***!");
    assertThat(redaction(Map.of(), "-api-key=opaque-three").apply("is opaque-three!"))
        .isEqualTo("is ***!");
    assertThat(redaction(Map.of(), "--api-kye", "opaque-four").apply("is opaque-four!"))
        .isEqualTo("is ***!");
  }

  @Test
  void hidesABeginningOfTheKeyAsWell() {
    String key = "opaque/and+long=".repeat(20);

    assertThat(redaction(Map.of("TUNNEL_API_KEY", key)).apply("\"" + key.substring(0, 100) + "…\""))
        .isEqualTo("\"***…\"");
  }

  @Test
  void leavesNamesOfOptionsAlone() {
    assertThat(redaction(Map.of(), "--api-key", "--device").apply("--device: is missing"))
        .isEqualTo("--device: is missing");
    assertThat(redaction(Map.of(), "--api-key-file", "some-file").apply("some-file"))
        .isEqualTo("some-file");
  }

  private static Redaction redaction(Map<String, String> variables, String... args) {
    return Redaction.of(
        args, new Environment(variables, InputStream.nullInputStream(), new TestStop()));
  }
}
