package io.github.devicetunnel.internal.frames;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/**
 * With {@code JAZZER_FUZZ=1} in the environment, looks for bytes that confuse the reader, for a
 * minute; without, tries those that are kept under {@code FrameReaderFuzzTestInputs} among the
 * resources, where everything that was found belongs.
 */
class FrameReaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
  void anyBytes(byte[] input) throws IOException {
    FrameReaderFuzz.tryOut(input);
  }
}
