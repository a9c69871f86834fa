package io.github.devicetunnel.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OneLineTest {
  /** ESC, BEL, CR, LF, NUL, DEL, a C1 control, RLO, LRI, ZWJ, BOM, LS, PS, a lone surrogate. */
  @ParameterizedTest
  @ValueSource(
      chars = {
        0x1b, 7, '\r', '\n', 0, 0x7f, 0x9b, 0x202e, 0x2066, 0x200d, 0xfeff, 0x2028, 0x2029, 0xd800
      })
  void replacesInvisibleCharacters(char c) {
    assertThat(OneLine.printable("a" + c + "b")).isEqualTo("a?b");
    assertThat(OneLine.of("a" + c + "b", 10)).isEqualTo("a?b");
    assertThat(OneLine.words("a" + c + c + "b" + c, 10)).isEqualTo("a b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gr\u00fc\u00dfe", "\u4f60\u597d", "\ud83d\ude00", "a  b", "'\"<>&\\"})
  void keepsVisibleCharacters(String text) {
    assertThat(OneLine.printable(text)).isEqualTo(text);
    assertThat(OneLine.of(text, 10)).isEqualTo(text);
  }

  @Test
  void truncatesBetweenCharacters() {
    assertThat(OneLine.of("abcdef", 3)).isEqualTo("abc...");
    assertThat(OneLine.words("abc  def", 5)).isEqualTo("abc d...");
    assertThat(OneLine.of("ab\ud83d\ude00c", 3)).isEqualTo("ab...");
  }
}
