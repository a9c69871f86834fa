package io.github.devicetunnel.it.faults;

import static io.github.devicetunnel.it.support.ServerFrames.BINARY;
import static io.github.devicetunnel.it.support.ServerFrames.CONTINUATION;
import static io.github.devicetunnel.it.support.ServerFrames.FIN;
import static io.github.devicetunnel.it.support.ServerFrames.TEXT;
import static io.github.devicetunnel.it.support.ServerFrames.frame;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests servers that send legal but unusual frames, or break off in the middle of a frame. */
final class UnusualFramesTest {
  private static final String SERVICE = "127.0.0.1:80";

  @RegisterExtension final Leaks leaks = new Leaks();

  @Test
  void readsFrameSentWithUpgradeAnswer() throws Exception {
    byte[] first = new RandomBytes(1, 12 << 10).readAllBytes();
    assertThat(
            received(
                c -> c.write(c.granted(), ServerFrames.binary(first), ServerFrames.close(1000))))
        .isEqualTo(first);
  }

  @Test
  void readsFramesSentByteByByte() throws Exception {
    byte[] payload = new RandomBytes(2, 300).readAllBytes();
    byte[] received =
        received(
            c -> {
              byte[] all =
                  ServerFrames.bytes(
                      c.granted(),
                      ServerFrames.binary(payload),
                      ServerFrames.ping("?"),
                      ServerFrames.close(1000));
              for (int i = 0; i < all.length; i++) {
                c.write(all, i, 1);
              }
            });
    assertThat(received).isEqualTo(payload);
  }

  @Test
  void passesTextFramesAsUtf8Bytes() throws Exception {
    assertThat(
            received(
                c ->
                    c.write(
                        c.granted(),
                        ServerFrames.text("Grüße "),
                        // A character of two bytes, split across two fragments.
                        frame(TEXT, new byte[] {(byte) 0xc3}),
                        frame(FIN | CONTINUATION, new byte[] {(byte) 0xbc}),
                        ServerFrames.close(1000))))
        .isEqualTo("Grüße ü".getBytes(UTF_8));
  }

  @Test
  void ignoresEmptyFrames() throws Exception {
    byte[] empty = {};
    assertThat(
            received(
                c ->
                    c.write(
                        c.granted(),
                        ServerFrames.binary(empty),
                        frame(BINARY, empty),
                        frame(CONTINUATION, "a".getBytes(UTF_8)),
                        frame(FIN | CONTINUATION, empty),
                        ServerFrames.text(""),
                        ServerFrames.close(1000))))
        .isEqualTo("a".getBytes(UTF_8));
  }

  @Test
  void answersPingsBetweenFragments() throws Exception {
    BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
    byte[] received =
        received(
            c -> {
              c.write(c.granted(), frame(BINARY, "a".getBytes(UTF_8)), ServerFrames.ping("one"));
              pongs.add(pong(c));
              c.write(frame(CONTINUATION, "b".getBytes(UTF_8)), ServerFrames.ping("two"));
              pongs.add(pong(c));
              c.write(frame(FIN | CONTINUATION, "c".getBytes(UTF_8)), ServerFrames.close(1000));
            });
    assertThat(received).isEqualTo("abc".getBytes(UTF_8));
    assertThat(pongs).containsExactly("one", "two");
  }

  private static String pong(RawConnection connection) throws IOException {
    RawConnection.Frame frame = connection.readFrameExceptPings();
    assertThat(frame.opcode()).isEqualTo(ServerFrames.PONG);
    return frame.payload();
  }

  /** The message is larger than the maximum heap of the test JVM, so it must not be assembled. */
  @Test
  void streamsMessageOfOneGibibyte() throws Exception {
    byte[] block = new RandomBytes(3, 256 << 10).readAllBytes();
    int blocks = 4096;
    ScriptedCloud.Script script =
        c -> {
          c.write(c.granted(), ServerFrames.header(FIN | BINARY, (long) block.length * blocks));
          for (int i = 0; i < blocks; i++) {
            c.write(block, 0, block.length);
          }
          c.write(ServerFrames.close(1000));
          c.awaitEnd();
        };
    CRC32 expected = new CRC32();
    for (int i = 0; i < blocks; i++) {
      expected.update(block);
    }
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client(SERVICE).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      CRC32 crc = new CRC32();
      long received = 0;
      byte[] buffer = new byte[64 << 10];
      InputStream in = socket.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        crc.update(buffer, 0, count);
        received += count;
      }
      assertThat(received).isEqualTo(1L << 30);
      assertThat(crc.getValue()).isEqualTo(expected.getValue());
      cloud.assertPlayed();
    }
  }

  @Test
  void reportsResetInsideFrameHeader() throws Exception {
    CloseReason reason =
        failure(
            c -> {
              c.write(c.granted(), ServerFrames.binary("before".getBytes(UTF_8)));
              c.write(ServerFrames.bytes(FIN | BINARY, 126, 1));
              assertThat(c.readFrameExceptPings().payload()).isEqualTo("got it");
              c.reset();
            });
    assertThat(reason.kind()).isEqualTo(CloseReason.Kind.CONNECTION_LOST);
    assertThat(reason.message()).contains("lost").contains("reset");
    assertThat(reason.bytesDown()).isEqualTo(6);
  }

  @Test
  void reportsEndInsideMessage() throws Exception {
    CloseReason reason =
        failure(
            c -> {
              c.write(
                  c.granted(), ServerFrames.header(FIN | BINARY, 100), "before".getBytes(UTF_8));
              assertThat(c.readFrameExceptPings().payload()).isEqualTo("got it");
            });
    assertThat(reason.kind()).isEqualTo(CloseReason.Kind.CONNECTION_LOST);
    assertThat(reason.message()).contains("in the middle of a message, without a close frame");
  }

  @Test
  void answersInvalidUtf8InCloseReasonWith1007() throws Exception {
    byte[] payload =
        ServerFrames.bytes(
            ServerFrames.bytes(1000 >> 8, 1000), ServerFrames.bytes('o', 0xc3, 0x28));
    CloseReason reason =
        failure(
            c -> {
              c.write(
                  c.granted(),
                  ServerFrames.text("before"),
                  frame(FIN | ServerFrames.CLOSE, payload));
              assertThat(c.readCloseCode()).isEqualTo(1007);
            });
    assertThat(reason.kind()).isEqualTo(CloseReason.Kind.PROTOCOL_ERROR);
    assertThat(reason.message()).contains("the reason of a close frame is not UTF-8");
  }

  @Test
  void reportsCloseCodeAndReason() throws Exception {
    byte[] payload =
        ServerFrames.bytes(ServerFrames.bytes(1011 >> 8, 1011), "backed up reader".getBytes(UTF_8));
    CloseReason reason =
        failure(
            c -> {
              c.write(
                  c.granted(),
                  ServerFrames.text("before"),
                  frame(FIN | ServerFrames.CLOSE, payload));
              assertThat(c.readCloseCode()).isEqualTo(1000);
            });
    assertThat(reason.kind()).isEqualTo(CloseReason.Kind.REMOTE_CLOSED);
    assertThat(reason.endedBy()).isEqualTo(CloseReason.EndedBy.CLOUD);
    assertThat(reason.code()).isEqualTo(1011);
    assertThat(reason.message()).contains("1011").contains("backed up reader");
  }

  /** Control characters could forge log lines or send escape sequences to a terminal. */
  @Test
  void removesControlCharactersFromCloseReason() throws Exception {
    String text = "\u001b]0;x\u0007\u009b2J\r\nWARN forged\u2028\u202e" + "y".repeat(80);
    byte[] payload = ServerFrames.bytes(ServerFrames.bytes(1011 >> 8, 1011), text.getBytes(UTF_8));
    CloseReason reason =
        failure(
            c -> {
              c.write(
                  c.granted(),
                  ServerFrames.text("before"),
                  frame(FIN | ServerFrames.CLOSE, payload));
              assertThat(c.readCloseCode()).isEqualTo(1000);
            });

    assertThat(reason.message())
        .contains("1011", "WARN forged", "y".repeat(20))
        .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
  }

  /** Plays a script that ends with a normal close, and returns all received bytes. */
  private static byte[] received(ScriptedCloud.Script script) throws Exception {
    ScriptedCloud.Script withClose =
        connection -> {
          script.play(connection);
          assertThat(connection.readCloseCode()).isEqualTo(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(withClose);
        TunnelClient client = cloud.client(SERVICE).build();
        TunnelStream stream = client.open()) {
      byte[] received = stream.inputStream().readAllBytes();
      cloud.assertPlayed();
      return received;
    }
  }

  /** Plays a script that fails after six bytes, and returns the close reason. */
  private static CloseReason failure(ScriptedCloud.Script script) throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client(SERVICE).build();
        TunnelStream stream = client.open()) {
      InputStream in = stream.inputStream();
      assertThat(new String(in.readNBytes(6), ISO_8859_1)).isEqualTo("before");
      stream.outputStream().write("got it".getBytes(UTF_8));

      TunnelException e = catchThrowableOfType(TunnelException.class, in::read);

      cloud.assertPlayed();
      return e.reason();
    }
  }
}
