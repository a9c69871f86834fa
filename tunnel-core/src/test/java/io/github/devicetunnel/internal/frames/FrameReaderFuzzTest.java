package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fuzzes the frame reader for one minute if the environment has {@code JAZZER_FUZZ=1}. Otherwise
 * replays the inputs in the resource folder {@code FrameReaderFuzzTestInputs}. Add every finding to
 * that folder.
 */
class FrameReaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
  void anyBytes(byte[] input) throws IOException {
    FrameReaderFuzz.check(input);
  }

  /** Without inputs, the test above passes without testing anything. */
  @Test
  void fuzzInputsExist() {
    assertThat(getClass().getResource("FrameReaderFuzzTestInputs/anyBytes")).isNotNull();
  }
}
