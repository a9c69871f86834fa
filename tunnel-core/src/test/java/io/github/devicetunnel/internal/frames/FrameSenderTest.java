package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FrameSenderTest {
  private static final int PING = 0x89;

  /** A machine without threads for a moment must not stop the pings for good. */
  @Test
  void aPingThatFoundNoHelperGoesOutWithTheNext() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AtomicInteger asked = new AtomicInteger();
    Executor helpers =
        task -> {
          if (asked.incrementAndGet() == 1) {
            throw new OutOfMemoryError("thrown by a test");
          }
          task.run();
        };
    FrameSender sender = new FrameSender(out, helpers);
    sender.sendData(new byte[FrameWriter.HEADER_ROOM + 1], FrameWriter.HEADER_ROOM, 1);
    out.reset(); // That byte is not confirmed, so nobody may write who must not wait.

    sender.sendPing();
    assertThat(out.size()).isZero();
    sender.sendPing();
    assertThat(out.toByteArray()[0] & 0xff).isEqualTo(PING);
  }
}
