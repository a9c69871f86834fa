package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FrameSenderTest {
  private static final int PING = 0x89;

  /** A temporary shortage of threads must not stop pings permanently. */
  @Test
  void sendsPingAfterThreadShortage() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AtomicInteger submitted = new AtomicInteger();
    Executor helpers =
        task -> {
          if (submitted.incrementAndGet() == 1) {
            throw new OutOfMemoryError("thrown by a test");
          }
          task.run();
        };
    FrameSender sender = new FrameSender(out, helpers);
    sender.sendData(new byte[FrameWriter.HEADER_ROOM + 1], FrameWriter.HEADER_ROOM, 1);
    out.reset(); // The byte is not acknowledged, so only a helper may write the ping.

    sender.sendPing();
    assertThat(out.size()).isZero();
    sender.sendPing();
    assertThat(out.toByteArray()[0] & 0xff).isEqualTo(PING);
  }
}
