package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  private final List<Runnable> handedOver = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final FrameSender sender = new FrameSender(out, handedOver::add);

  private void runHelpers() {
    List<Runnable> tasks = List.copyOf(handedOver);
    handedOver.clear();
    tasks.forEach(Runnable::run);
  }

  /** Sends a ping and returns its payload. */
  private byte[] ping() {
    out.reset();
    sender.sendPing();
    runHelpers();
    byte[] frame = out.toByteArray(); // two bytes of header, the key, and the masked payload
    byte[] payload = Arrays.copyOfRange(frame, 6, frame.length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= frame[2 + i % 4];
    }
    return payload;
  }

  /** A write may block, even if the buffer of the socket must be empty. */
  @Test
  void threadOfTimersWritesNothing() {
    sender.sendPing();
    sender.sendClose(1000, "");

    assertThat(out.size()).isZero();
    runHelpers();
    assertThat(out.toByteArray()[0] & 0xff).isEqualTo(PING);
    assertThat(sender.closeSent()).isTrue();
  }

  @Test
  void pongWithoutPingIsIgnored() throws IOException {
    sender.sendData(new byte[FrameWriter.HEADER_ROOM + 1], FrameWriter.HEADER_ROOM, 1);
    byte[] sent = ping();
    byte[] guessed = sent.clone();
    guessed[guessed.length - 1]++;

    sender.onPong(new byte[sent.length]);
    sender.onPong(guessed);
    sender.onPong(new byte[0]);
    assertThat(sender.unacknowledged()).isEqualTo(1);
    assertThat(sender.roundTrip()).isNull();

    sender.onPong(sent);
    assertThat(sender.unacknowledged()).isZero();
    assertThat(sender.roundTrip()).isNotNull();
  }

  /** A cloud may answer only the latest ping (RFC 6455 section 5.5.3). */
  @Test
  void pongAnswersEarlierPings() throws IOException {
    byte[] first = ping();
    sender.sendData(new byte[FrameWriter.HEADER_ROOM + 1], FrameWriter.HEADER_ROOM, 1);
    sender.onPong(ping());
    assertThat(sender.unacknowledged()).isZero();
    Duration roundTrip = sender.roundTrip();

    sender.onPong(first);
    assertThat(sender.roundTrip()).isEqualTo(roundTrip);
  }

  /** The pongs of a cloud that does not read must not let its connection write on any thread. */
  @Test
  void earlyPongsDoNotConfirmLaterControlFrames() {
    List<byte[]> pings = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      pings.add(ping());
    }
    sender.onPong(pings.get(0));

    out.reset();
    sender.sendPong(new byte[0]);
    assertThat(out.size()).as("19 pings may still fill the buffer").isZero();
    runHelpers();
    assertThat(out.size()).isPositive();
  }
}
