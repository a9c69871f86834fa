package io.github.devicetunnel.internal.frames;

import static io.github.devicetunnel.internal.frames.Frame.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
  private final Writes out = new Writes();

  @Test
  void serverWritesFramesOfRfc() throws IOException {
    FrameWriter writer = new FrameWriter(out, Role.SERVER);
    write(writer, "Hello".getBytes(UTF_8));
    write(writer, new byte[256]);
    write(writer, new byte[65536]);
    writer.writePing("Hello".getBytes(UTF_8));
    assertThat(out.writes.get(0)).isEqualTo(hex("82 05 48 65 6c 6c 6f"));
    assertThat(out.writes.get(1)).startsWith(hex("82 7e 0100")).hasSize(4 + 256);
    assertThat(out.writes.get(2)).startsWith(hex("82 7f 0000000000010000")).hasSize(10 + 65536);
    assertThat(out.writes.get(3)).isEqualTo(hex("89 05 48 65 6c 6c 6f"));
  }

  @Test
  void clientMasksEachFrameWithNewKey() throws IOException {
    FrameWriter writer = new FrameWriter(out, Role.CLIENT);
    byte[] payload = "Hello, device".getBytes(UTF_8);
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      write(writer, payload);
    }
    for (byte[] frame : out.writes) {
      assertThat(frame).startsWith(hex("82 8d")).hasSize(6 + payload.length);
      byte[] key = Arrays.copyOfRange(frame, 2, 6);
      keys.add(Arrays.toString(key));
      byte[] body = Arrays.copyOfRange(frame, 6, frame.length);
      for (int i = 0; i < body.length; i++) {
        body[i] ^= key[i % 4];
      }
      assertThat(body).isEqualTo(payload);
    }
    assertThat(keys).hasSize(200);
  }

  @Test
  void writesEachFrameInOneCall() throws IOException {
    FrameWriter writer = new FrameWriter(out, Role.CLIENT);
    write(writer, new byte[100_000]);
    writer.writePong(new byte[3]);
    writer.writeClose(1000, "done");
    assertThat(out.writes).hasSize(3);
  }

  @Test
  void writesEmptyCloseFrameWithoutCode() throws IOException {
    new FrameWriter(out, Role.SERVER).writeClose(CloseCode.NO_STATUS, "");
    assertThat(out.writes).containsExactly(hex("88 00"));
  }

  @Test
  void truncatesLongReasonAtCharacterBoundary() throws IOException {
    new FrameWriter(out, Role.SERVER).writeClose(1000, "ü".repeat(100));
    byte[] frame = out.writes.get(0);
    assertThat(frame).startsWith(hex("88 7c 03e8")).hasSize(4 + 122);
    assertThat(new String(frame, 4, 122, UTF_8)).isEqualTo("ü".repeat(61));
  }

  private static void write(FrameWriter writer, byte[] payload) throws IOException {
    byte[] buffer = new byte[FrameWriter.HEADER_ROOM + payload.length];
    System.arraycopy(payload, 0, buffer, FrameWriter.HEADER_ROOM, payload.length);
    writer.writeData(buffer, FrameWriter.HEADER_ROOM, payload.length);
  }

  private static final class Writes extends OutputStream {
    final List<byte[]> writes = new ArrayList<>();

    @Override
    public void write(int b) {
      writes.add(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      copy.write(bytes, offset, length);
      writes.add(copy.toByteArray());
    }
  }
}
