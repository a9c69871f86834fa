package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tunnels after the local side has half-closed. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources before the end of the block
class HalfCloseTest {
  private static TunnelClient client(ScriptedCloud cloud, Duration halfClose) {
    return cloud
        .client("127.0.0.1:1")
        .pingInterval(Duration.ofMillis(100))
        .halfCloseTimeout(halfClose)
        .build();
  }

  /**
   * Starts a cloud that reads a question, sends the beginning of an answer, and then answers only
   * pings.
   */
  private static ScriptedCloud partialAnswerCloud(String beginning) throws IOException {
    return ScriptedCloud.started(
        connection -> {
          connection.write(connection.granted());
          RawConnection.Frame frame = connection.readFrameExceptPings();
          assertThat(frame.payload()).isEqualTo("question");
          connection.write(ServerFrames.binary(beginning.getBytes(UTF_8)));
          frame = connection.readFrame();
          while (frame.opcode() == ServerFrames.PING) {
            connection.write(ServerFrames.pong(frame.payload()));
            frame = connection.readFrame();
          }
          assertThat(frame.closeCode()).isEqualTo(1000);
          connection.close(1000);
        });
  }

  @Test
  void truncatedReplyFailsStream() throws Exception {
    try (ScriptedCloud cloud = partialAnswerCloud("ans");
        TunnelClient client = client(cloud, Duration.ofMillis(700));
        TunnelStream stream = client.open()) {
      stream.outputStream().write("question".getBytes(UTF_8));
      stream.shutdownOutput();
      assertThat(stream.inputStream().readNBytes(3)).isEqualTo("ans".getBytes(UTF_8));
      TunnelException failure =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
      assertThat(failure.reason().kind()).isEqualTo(Kind.HALF_CLOSE_TIMEOUT);
      assertThat(failure.reason().endedBy()).isEqualTo(EndedBy.CLIENT);
      assertThat(failure).hasMessageContaining("for 0.7 s").hasMessageContaining("raise");
      stream.close();
      cloud.assertPlayed();
    }
  }

  @Test
  void truncatedReplyResetsListenerClient() throws Exception {
    try (ScriptedCloud cloud = partialAnswerCloud("ans");
        TunnelClient client = client(cloud, Duration.ofMillis(700));
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      local.getOutputStream().write("question".getBytes(UTF_8));
      local.shutdownOutput();
      assertThat(local.getInputStream().readNBytes(3)).isEqualTo("ans".getBytes(UTF_8));
      assertThatThrownBy(() -> local.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      cloud.assertPlayed();
    }
  }

  @Test
  void halfCloseTimeoutAfterAnswerIsEndedByLocal() throws Exception {
    try (ScriptedCloud cloud = partialAnswerCloud("answer");
        TunnelClient client = client(cloud, Duration.ofMillis(300));
        TunnelStream stream = client.open()) {
      stream.outputStream().write("question".getBytes(UTF_8));
      assertThat(stream.inputStream().readNBytes(6)).isEqualTo("answer".getBytes(UTF_8));
      stream.shutdownOutput();
      CloseReason reason =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read()).reason();
      assertThat(reason.kind()).isEqualTo(Kind.HALF_CLOSE_TIMEOUT);
      assertThat(reason.endedBy()).isEqualTo(EndedBy.LOCAL);
    }
  }

  @Test
  void everyReceivedByteRestartsHalfCloseTimeout() throws Exception {
    ScriptedCloud.Script sendSlowly =
        connection -> {
          connection.write(connection.granted());
          CountDownLatch pause = new CountDownLatch(1);
          for (int i = 0; i < 15; i++) {
            assertThat(pause.await(200, TimeUnit.MILLISECONDS)).isFalse();
            connection.write(ServerFrames.binary(new byte[1]));
          }
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendSlowly);
        TunnelClient client = client(cloud, Duration.ofSeconds(2));
        TunnelStream stream = client.open()) {
      stream.shutdownOutput();
      assertThat(stream.inputStream().readAllBytes()).hasSize(15);
    }
  }

  @Test
  void slowLocalReaderReceivesWholeReply() throws Exception {
    int size = 32 << 20;
    ScriptedCloud.Script sendAll =
        connection -> {
          connection.write(connection.granted());
          byte[] piece = new byte[1 << 16];
          for (int sent = 0; sent < size; sent += piece.length) {
            connection.write(ServerFrames.binary(piece));
          }
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(sendAll);
        TunnelClient client = client(cloud, Duration.ofMillis(500));
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      local.shutdownOutput();
      assertThat(new CountDownLatch(1).await(1500, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(local.getInputStream().readAllBytes()).hasSize(size);
    }
  }

  @Test
  void uploadedBytesPrecedeCloseFrame() throws Exception {
    int size = 8 << 20;
    try (ScriptedCloud cloud = ScriptedCloud.acceptingAll(size);
        TunnelClient client = client(cloud, Duration.ofSeconds(1));
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      try (Socket local = LocalEnd.connect(listener)) {
        Upload.write(local.getOutputStream(), 1, size);
      }
      cloud.assertPlayed();
    }
  }
}
