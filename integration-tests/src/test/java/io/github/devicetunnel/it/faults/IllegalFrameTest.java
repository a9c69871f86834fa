package io.github.devicetunnel.it.faults;

import static io.github.devicetunnel.it.support.ServerFrames.BINARY;
import static io.github.devicetunnel.it.support.ServerFrames.CLOSE;
import static io.github.devicetunnel.it.support.ServerFrames.FIN;
import static io.github.devicetunnel.it.support.ServerFrames.PING;
import static io.github.devicetunnel.it.support.ServerFrames.bytes;
import static io.github.devicetunnel.it.support.ServerFrames.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A server violates RFC 6455: the preceding bytes are delivered, the exception names the rule, and
 * the client closes the websocket with code 1002.
 */
final class IllegalFrameTest {
  private static final byte[] BEFORE = "before".getBytes(UTF_8);

  @RegisterExtension final Leaks leaks = new Leaks();

  static Stream<Arguments> illegalFrames() {
    byte[] unfinished = frame(BINARY, new byte[1]);
    return Stream.of(
        Arguments.of("masked", bytes(FIN | BINARY, 0x80, 0, 0, 0, 0), "must not mask"),
        Arguments.of("RSV1", frame(FIN | 0x40 | BINARY, BEFORE), "reserved bit"),
        Arguments.of("RSV2", frame(FIN | 0x20 | BINARY, BEFORE), "reserved bit"),
        Arguments.of("RSV3", frame(FIN | 0x10 | PING, new byte[0]), "reserved bit"),
        Arguments.of("opcode 3", frame(FIN | 0x3, BEFORE), "unknown opcode 3"),
        Arguments.of("opcode 15", frame(FIN | 0xf, new byte[0]), "unknown opcode 15"),
        Arguments.of(
            "stray continuation", frame(FIN, BEFORE), "continuation frame without a message"),
        Arguments.of(
            "message in a message",
            bytes(unfinished, frame(FIN | BINARY, BEFORE)),
            "new message before the end of the previous one"),
        Arguments.of("long ping", frame(FIN | PING, new byte[126]), "longer than 125 bytes"),
        Arguments.of("ping in parts", frame(PING, BEFORE), "must not be fragmented"),
        Arguments.of(
            "length of 2^63",
            bytes(FIN | BINARY, 127, 0x80, 0, 0, 0, 0, 0, 0, 0),
            "most significant bit"),
        Arguments.of("close code 1005", ServerFrames.close(1005), "invalid close code 1005"),
        Arguments.of("close code 999", ServerFrames.close(999), "invalid close code 999"),
        Arguments.of("close of one byte", frame(FIN | CLOSE, new byte[1]), "close frame of one"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("illegalFrames")
  void reportsViolatedRuleAndClosesWith1002(String name, byte[] illegal, String rule)
      throws Exception {
    BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    ScriptedCloud.Script script =
        connection -> {
          connection.write(connection.granted(), ServerFrames.binary(BEFORE), illegal);
          answers.add(connection.readCloseCode());
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client("127.0.0.1:80").build();
        TunnelStream stream = client.open()) {
      InputStream in = stream.inputStream();
      assertThat(in.readNBytes(BEFORE.length)).isEqualTo(BEFORE);

      TunnelException e = catchThrowableOfType(TunnelException.class, () -> readAll(in));

      assertThat(e).as("%s", name).hasMessageContaining(rule).hasMessageContaining("RFC 6455");
      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.PROTOCOL_ERROR);
      assertThat(Await.next(answers)).isEqualTo(1002);
      cloud.assertPlayed();
    }
  }

  private static void readAll(InputStream in) throws Exception {
    assertThat(in.readAllBytes().length).isLessThanOrEqualTo(1);
  }
}
