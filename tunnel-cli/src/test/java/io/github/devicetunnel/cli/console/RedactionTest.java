package io.github.devicetunnel.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Await;
import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class RedactionTest {

  @Test
  void hidesAccessKeysAndTokens() {
    Redaction redaction = redaction(Map.of());

    assertThat(redaction.apply("but is \"ak_2MDE3b\" (9 characters)"))
        .isEqualTo("but is \"***\" (9 characters)");
    assertThat(redaction.apply("but is \"eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln-_\""))
        .isEqualTo("but is \"***\"");
    assertThat(redaction.apply("an access key (ak_...)")).isEqualTo("an access key (ak_...)");
    assertThat(redaction.apply("nothing to hide at 127.0.0.1:80"))
        .isEqualTo("nothing to hide at 127.0.0.1:80");
  }

  @Test
  void hidesConfiguredKey() {
    assertThat(redaction(Map.of("TUNNEL_API_KEY", "opaque-one")).apply("is opaque-one!"))
        .isEqualTo("is ***!");
    assertThat(redaction(Map.of(), "-api-key=opaque-three").apply("is opaque-three!"))
        .isEqualTo("is ***!");
    assertThat(redaction(Map.of(), "--api-kye", "opaque-four").apply("is opaque-four!"))
        .isEqualTo("is ***!");
  }

  @Test
  void hidesTruncatedKey() {
    String key = "opaque/and+long=".repeat(20);

    assertThat(
            redaction(Map.of("TUNNEL_API_KEY", key)).apply("\"" + key.substring(0, 100) + "...\""))
        .isEqualTo("\"***\"");
  }

  @Test
  void keepsOptionNames() {
    assertThat(redaction(Map.of(), "--api-key", "--device").apply("--device: is missing"))
        .isEqualTo("--device: is missing");
    assertThat(redaction(Map.of(), "--api-key-file", "some-file").apply("some-file"))
        .isEqualTo("some-file");
  }

  /** Covers the messages and exceptions that libraries log. */
  @ParameterizedTest
  @EnumSource(Format.class)
  void hidesKeysInLogAtEveryLevel(Format format) {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Redaction redaction = redaction(Map.of("TUNNEL_API_KEY", "opaque\\\"key-12345"));
    try (Output output = output(shown)) {
      Console console = new Console(output, redaction);
      console.log(LogLevel.TRACE, format);
      Exception failure =
          new IOException("opaque\\\"key-12345", new IOException("ak_inTheCause12345"));
      Logger slf4j = LoggerFactory.getLogger("some.library");
      slf4j.trace("Authorization: Bearer {}", "opaque\\\"key-12345");
      slf4j.debug("it failed", failure);
      slf4j.error("it failed with {}", "ak_inTheMessage12345", failure);
      java.util.logging.Logger okHttp = java.util.logging.Logger.getLogger("okhttp3.OkHttpClient");
      okHttp.log(java.util.logging.Level.FINEST, "opaque\\\"key-12345", failure);
      console.status("the program goes on");
      console.error("ak_inTheError12345 is wrong");
      output.flush(Await.LONG);
    } finally {
      new Console(output(System.err), redaction).log(LogLevel.INFO, Format.TEXT);
    }

    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("TRACE", "Bearer ***", "it failed", "okhttp3", "the program goes on")
        .contains("java.io.IOException")
        .doesNotContain("12345", "opaque");
  }

  private static Output output(OutputStream both) {
    Environment empty = new Environment(Map.of(), InputStream.nullInputStream(), new TestSignals());
    return Output.of(empty, both, both, StandardCharsets.UTF_8, true);
  }

  private static Redaction redaction(Map<String, String> variables, String... args) {
    return Redaction.of(
        args, new Environment(variables, InputStream.nullInputStream(), new TestSignals()));
  }
}
