package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.BareClose;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.Service;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clouds that close a tunnel without a close frame, by a FIN between two messages. The tests that
 * run on every {@link CloudKind} cover such clouds as well; this class covers the setting and the
 * close reason.
 */
final class BareCloseTest {
  private static final byte[] REPLY = "HTTP/1.0 200 OK\r\n\r\nall of it".getBytes(US_ASCII);

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  /** Starts a service whose reply ends with the connection, like that of an HTTP/1.0 server. */
  private static Service replyService() throws IOException {
    return Service.started(
        socket -> {
          int lineEnds = 0;
          while (lineEnds < 4) {
            int b = socket.getInputStream().read();
            lineEnds = b == '\r' || b == '\n' ? lineEnds + 1 : 0;
          }
          socket.getOutputStream().write(REPLY);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_BARE", "NODE_BARE_TLS"})
  void curlAcceptsReplyThatEndsWithTheConnection(CloudKind kind) throws Exception {
    try (Service service = replyService();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      String url = "http://127.0.0.1:" + listener.localPort() + "/";
      String[] curl = {Externals.program("curl"), "-sS", "--http1.0", url};
      assertThat(ProgramRun.in(folder, curl).succeed()).isEqualTo("all of it");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_BARE", "NODE_BARE_TLS"})
  void closeReasonReportsMissingCloseFrame(CloudKind kind) throws Exception {
    try (Service service = replyService();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      assertThat(stream.inputStream().readAllBytes()).isEqualTo(REPLY);

      CloseReason reason = stream.whenClosed().toCompletableFuture().join();

      assertThat(reason.kind()).isEqualTo(Kind.REMOTE_CLOSED);
      assertThat(reason.endedBy()).isEqualTo(EndedBy.SERVICE);
      assertThat(reason.code()).isEqualTo(1006);
      assertThat(reason.message())
          .isEqualTo("the service closed the connection without a close frame");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_BARE", "NODE_BARE_TLS"})
  void resetSettingReportsMissingCloseFrameAsFailure(CloudKind kind) throws Exception {
    try (Service service = replyService();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).bareClose(BareClose.RESET).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener);
        TunnelStream stream = client.open()) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      assertThat(socket.getInputStream().readNBytes(REPLY.length)).isEqualTo(REPLY);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");

      stream.outputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      assertThat(stream.inputStream().readNBytes(REPLY.length)).isEqualTo(REPLY);
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOf(TunnelException.class)
          .hasMessage(
              "the connection to the cloud was lost: the connection ended without a close frame");
    }
  }

  @Test
  void immediateCloseHintsThatServiceDoesNotListen() throws Exception {
    try (ScriptedCloud cloud =
            ScriptedCloud.started(connection -> connection.write(connection.granted()));
        TunnelClient client = cloud.client("127.0.0.1:81").build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read()).isEqualTo(-1);
      CloseReason reason = stream.whenClosed().toCompletableFuture().join();
      assertThat(reason.message())
          .contains("without a close frame before sending any data")
          .contains("check that the service listens on 127.0.0.1:81 of the gateway");
    }
  }

  @Test
  void newBuilderKeepsBareCloseSetting() throws Exception {
    try (ScriptedCloud cloud =
            ScriptedCloud.started(connection -> connection.write(connection.granted()));
        TunnelClient first = cloud.client("127.0.0.1:81").bareClose(BareClose.RESET).build();
        TunnelClient second = first.newBuilder().serviceAddress("127.0.0.1:82").build();
        TunnelStream stream = second.open()) {
      assertThatThrownBy(() -> stream.inputStream().read()).isInstanceOf(TunnelException.class);
    }
  }
}
