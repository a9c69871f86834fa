package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Searches for bytes that confuse the frame reader, for one minute, if the environment has {@code
 * JAZZER_FUZZ=1}. Otherwise replays the inputs in the resource folder {@code
 * FrameReaderFuzzTestInputs}, where every finding belongs.
 */
class FrameReaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
  void anyBytes(byte[] input) throws IOException {
    FrameReaderFuzz.tryOut(input);
  }

  /** Without its inputs the test above passes and tries nothing. */
  @Test
  void inputsAreBesideTheTest() {
    assertThat(getClass().getResource("FrameReaderFuzzTestInputs/anyBytes")).isNotNull();
  }
}
