package io.github.devicetunnel.internal.frames;

import static io.github.devicetunnel.internal.frames.Frame.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final byte[] CLOSE = hex("88 02 03e8");
  private static final byte[] MASKED_CLOSE = hex("88 80 00000000");

  // The examples of RFC 6455 section 5.7.

  @Test
  void readsUnmaskedTextOfRfc() throws IOException {
    Reading reading = Reading.of(Role.SERVER, hex("81 05 48 65 6c 6c 6f"), CLOSE);
    assertThat(reading.text()).isEqualTo("Hello");
    assertThat(reading.controls).containsExactly("5 close 1000 ");
  }

  @Test
  void readsMaskedTextOfRfc() throws IOException {
    Reading reading =
        Reading.of(Role.CLIENT, hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), MASKED_CLOSE);
    assertThat(reading.text()).isEqualTo("Hello");
    assertThat(reading.controls).containsExactly("5 close 1005 ");
  }

  @Test
  void readsFragmentsOfRfc() throws IOException {
    Reading reading = Reading.of(Role.SERVER, hex("01 03 48 65 6c"), hex("80 02 6c 6f"), CLOSE);
    assertThat(reading.text()).isEqualTo("Hello");
  }

  @Test
  void readsPingOfRfc() throws IOException {
    Reading reading = Reading.of(Role.SERVER, hex("89 05 48 65 6c 6c 6f"), CLOSE);
    assertThat(reading.controls).startsWith("0 ping Hello");
  }

  @Test
  void readsMaskedPongOfRfc() throws IOException {
    Reading reading =
        Reading.of(Role.CLIENT, hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), MASKED_CLOSE);
    assertThat(reading.controls).startsWith("0 pong Hello");
  }

  @Test
  void reads256BytesWithHeaderOfRfc() throws IOException {
    byte[] payload = numbered(256);
    Reading reading = Reading.of(Role.SERVER, hex("82 7e 0100"), payload, CLOSE);
    assertThat(reading.payload.toByteArray()).isEqualTo(payload);
  }

  @Test
  void reads64KibibytesWithHeaderOfRfc() throws IOException {
    byte[] payload = numbered(65536);
    Reading reading = Reading.of(Role.SERVER, hex("82 7f 0000000000010000"), payload, CLOSE);
    assertThat(reading.payload.toByteArray()).isEqualTo(payload);
  }

  // Protocol violations.

  @ParameterizedTest
  @CsvSource({
    "82 81 00000000 41, a server must not mask its frames",
    "c2 01 41, a reserved bit is set",
    "a2 01 41, a reserved bit is set",
    "92 01 41, a reserved bit is set",
    "83 01 41, unknown opcode 3",
    "87 01 41, unknown opcode 7",
    "8b 00, unknown opcode 11",
    "8f 00, unknown opcode 15",
    "80 01 41, a continuation frame without a message",
    "00 01 41, a continuation frame without a message",
    "09 00, a control frame must not be fragmented",
    "08 00, a control frame must not be fragmented",
    "89 7e 007e, a control frame is longer than 125 bytes",
    "88 7f, a control frame is longer than 125 bytes",
    "82 7f 80, the most significant bit of a length is set",
    "82 7f ffffffffffffffff, the most significant bit of a length is set",
    "88 01 03, a close frame of one byte",
    "88 02 0000, invalid close code 0",
    "88 02 03e7, invalid close code 999",
    "88 02 03ec, invalid close code 1004",
    "88 02 03ed, invalid close code 1005",
    "88 02 03ee, invalid close code 1006",
    "88 02 03f7, invalid close code 1015",
    "88 02 07d0, invalid close code 2000",
    "88 02 1388, invalid close code 5000",
  })
  void namesViolatedRule(String frame, String rule) {
    assertThatThrownBy(() -> Reading.of(Role.SERVER, hex(frame)))
        .isInstanceOf(ProtocolViolationException.class)
        .hasMessageStartingWith(rule)
        .hasMessageContaining("RFC 6455 section ");
  }

  @Test
  void rejectsNewMessageInsideUnfinishedMessage() {
    assertThatThrownBy(() -> Reading.of(Role.SERVER, hex("02 01 41"), hex("82 01 42")))
        .isInstanceOf(ProtocolViolationException.class)
        .hasMessageStartingWith("a new message before the end of the previous one");
  }

  @Test
  void rejectsUnmaskedFrameOfClient() {
    assertThatThrownBy(() -> Reading.of(Role.CLIENT, hex("82 01 41")))
        .isInstanceOf(ProtocolViolationException.class)
        .hasMessageStartingWith("a client must mask");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999})
  void acceptsEveryValidCloseCode(int code) throws IOException {
    byte[] frame = Frame.of(8, new byte[] {(byte) (code >> 8), (byte) code, 'o', 'k'}).bytes();
    assertThat(Reading.of(Role.SERVER, frame).controls).containsExactly("0 close " + code + " ok");
  }

  @Test
  void deliversPayloadBeforeProtocolViolation() {
    Reading reading = new Reading();
    byte[] bytes = Frame.join(hex("82 03 414243"), hex("82 02 4445"), hex("c2 01 46"));
    assertThatThrownBy(() -> reading.run(Role.SERVER, new ByteArrayInputStream(bytes)))
        .isInstanceOf(ProtocolViolationException.class);
    assertThat(reading.text()).isEqualTo("ABCDE");
  }

  @Test
  void ignoresFramesAfterCloseFrame() throws IOException {
    Reading reading = Reading.of(Role.SERVER, hex("82 01 41"), CLOSE, hex("82 01 42"));
    assertThat(reading.text()).isEqualTo("A");
  }

  // Payload delivery.

  @Test
  void keepsOrderOfPayloadAndControlFrames() throws IOException {
    Reading reading =
        Reading.of(
            Role.SERVER,
            hex("02 02 4142"),
            hex("89 01 31"),
            hex("00 02 4344"),
            hex("8a 01 32"),
            hex("80 02 4546"),
            CLOSE);
    assertThat(reading.text()).isEqualTo("ABCDEF");
    assertThat(reading.controls).containsExactly("2 ping 1", "4 pong 2", "6 close 1000 ");
  }

  @Test
  void combinesShortFramesIntoOneRun() throws IOException {
    byte[][] frames = new byte[101][];
    Arrays.fill(frames, hex("82 02 4142"));
    frames[100] = CLOSE;
    Reading reading = Reading.of(Role.SERVER, frames);
    assertThat(reading.payload.size()).isEqualTo(200);
    assertThat(reading.runs).isEqualTo(1);
  }

  @Test
  void skipsEmptyFrames() throws IOException {
    Reading reading =
        Reading.of(Role.SERVER, hex("82 00"), hex("02 00"), hex("80 00"), hex("81 01 41"), CLOSE);
    assertThat(reading.text()).isEqualTo("A");
  }

  @Test
  void deliversBeginningOfIncompleteFrame() throws IOException {
    byte[] begun = hex("82 7f 0000000040000000 414243");
    FrameReader reader =
        new FrameReader(new ByteArrayInputStream(begun), Role.SERVER, new Reading());
    ByteBuffer run = reader.next();
    assertThat(run).isNotNull();
    assertThat(UTF_8.decode(run).toString()).isEqualTo("ABC");
    assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
  }

  @Test
  void readsLargeMessageWithSmallBuffer() throws IOException {
    long length = 3L << 30;
    InputStream endless = new LongMessage(length);
    FrameReader reader = new FrameReader(endless, Role.SERVER, new Reading());
    long received = 0;
    ByteBuffer run;
    while ((run = reader.next()) != null) {
      received += run.remaining();
      assertThat(run.capacity()).isLessThanOrEqualTo(64 << 10);
    }
    assertThat(received).isEqualTo(length);
  }

  @Test
  void reportsWhetherStreamEndedInsideMessage() {
    assertThatThrownBy(() -> Reading.of(Role.SERVER, hex("82 01 41")))
        .isInstanceOf(EOFException.class)
        .hasMessage("the connection ended without a close frame");
    assertThatThrownBy(() -> Reading.of(Role.SERVER, hex("82 05 41")))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("in the middle of a message");
    assertThatThrownBy(() -> Reading.of(Role.SERVER, hex("82")))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("in the middle of a message");
  }

  private static byte[] numbered(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }

  /** One frame, whose payload is generated by each read, and a close frame. */
  private static final class LongMessage extends InputStream {
    private final InputStream head;
    private final InputStream tail = new ByteArrayInputStream(CLOSE);
    private long remaining;

    LongMessage(long length) {
      remaining = length;
      head = new ByteArrayInputStream(Frame.join(hex("82 7f"), longBytes(length)));
    }

    private static byte[] longBytes(long value) {
      return ByteBuffer.allocate(8).putLong(value).array();
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = head.read(bytes, offset, length);
      if (count >= 0) {
        return count;
      }
      if (remaining == 0) {
        return tail.read(bytes, offset, length);
      }
      count = (int) Math.min(length, remaining);
      remaining -= count;
      return count;
    }
  }
}
