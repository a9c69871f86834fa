package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** Tests closing: draining, aborting, unblocking callers, and the time limits. */
@ExtendWith(Leaks.class)
@SuppressWarnings("try") // the tests close resources early
class ShutdownTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  /** Starts a cloud that echoes every frame, answers pings, and closes after "bye". */
  private static ScriptedCloud echo() throws IOException {
    return ScriptedCloud.started(
        connection -> {
          connection.write(connection.granted());
          while (true) {
            RawConnection.Frame frame = connection.readFrame();
            switch (frame.opcode()) {
              case ServerFrames.PING -> connection.write(ServerFrames.pong(frame.payload()));
              case ServerFrames.CLOSE -> {
                connection.close(frame.closeCode());
                return;
              }
              default -> connection.write(ServerFrames.text(frame.payload()));
            }
            if (frame.payload().equals("bye")) {
              connection.write(ServerFrames.close(1000));
              assertThat(connection.readCloseCode()).isEqualTo(1000);
              connection.awaitEnd();
              return;
            }
          }
        });
  }

  private static void exchange(Socket local, String text) throws IOException {
    local.getOutputStream().write(text.getBytes(UTF_8));
    assertThat(local.getInputStream().readNBytes(text.length())).isEqualTo(text.getBytes(UTF_8));
  }

  @Test
  void drainsConnectionThatEndsInTime() throws Exception {
    try (ScriptedCloud cloud = echo();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      exchange(local, "hello");
      CompletableFuture<DrainReport> closing =
          CompletableFuture.supplyAsync(() -> listener.close(LONG));
      awaitStopped(listener);
      exchange(local, "bye");
      assertThat(local.getInputStream().read()).isEqualTo(-1);
      local.close();
      DrainReport report = Await.get(closing);
      assertThat(report.drained()).isPositive();
      assertThat(report.aborted()).isZero();
      cloud.assertPlayed();
    }
  }

  /** Without the log line, closing a client before its connection pool looks like a hang. */
  @Test
  void closeLogsConnectionsThatStillDrain() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.devicetunnel.Connections");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try (ScriptedCloud cloud = echo();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      exchange(local, "hello");

      DrainReport unused = client.close(Duration.ofMillis(10));

      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .singleElement()
          .asString()
          .matches("Waiting up to 0.01 s for open connections to finish: Connection \\d+ to .*");
      assertThat(log.list.get(0).getLevel()).isEqualTo(Level.INFO);
    } finally {
      logger.detachAppender(log);
    }
  }

  /** Waits until the port of the listener is free; open connections do not occupy it. */
  private static void awaitStopped(TunnelListener listener) {
    Await.until(
        "a listener that has stopped accepting",
        () -> {
          try (ServerSocket probe = new ServerSocket()) {
            probe.bind(listener.localAddress());
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void abortsConnectionsAfterDrainTimeout() throws Exception {
    try (ScriptedCloud cloud = echo();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener);
        TunnelStream stream = client.open()) {
      exchange(local, "hello");
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      DrainReport report = client.close(Duration.ofMillis(100));
      assertThat(report.drained()).isZero();
      assertThat(report.aborted()).isEqualTo(2);
      assertThatThrownBy(() -> local.getInputStream().read()).hasMessageContaining("reset");
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOfSatisfying(
              TunnelException.class, e -> assertThat(e.reason().kind()).isEqualTo(Kind.SHUTDOWN));
      assertThat(client.close(LONG)).isEqualTo(new DrainReport(0, 0, 0));
      cloud.assertPlayed();
    }
  }

  @Test
  void closeReturnsWhenCloudIsSilent() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen()) {
      TunnelClient client = cloud.client("127.0.0.1:1").build();
      TunnelListener listener = client.listen(Loopback.anyPort());
      try (Socket local = LocalEnd.connect(listener)) {
        Upload upload = Upload.start(local.getOutputStream(), 1, 64 << 20);
        Await.until(() -> cloud.requests() == 1);
        CompletableFuture<DrainReport> closing =
            CompletableFuture.supplyAsync(() -> client.close(Duration.ZERO));
        assertThat(Await.get(closing).aborted()).isEqualTo(1);
        assertThatThrownBy(upload::await).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void secondCloseEndsDrainOfFirst() throws Exception {
    try (ScriptedCloud cloud = echo();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      exchange(local, "hello");
      CompletableFuture<DrainReport> firstClose =
          CompletableFuture.supplyAsync(() -> client.close(LONG));
      awaitStopped(listener);
      assertThat(client.close(Duration.ZERO).aborted()).isPositive();
      assertThat(Await.get(firstClose).aborted()).isZero();
      cloud.assertPlayed();
    }
  }

  @Test
  void interruptAbortsConnectionsAndKeepsFlag() throws Exception {
    try (ScriptedCloud cloud = echo();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      exchange(local, "hello");
      Thread.currentThread().interrupt();
      DrainReport report = client.close(LONG);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(report.aborted()).isEqualTo(1);
      assertThatThrownBy(() -> local.getInputStream().read()).hasMessageContaining("reset");
    }
  }

  @Test
  void closingStreamUnblocksReader() throws Exception {
    try (ScriptedCloud cloud = echo();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelStream stream = client.open()) {
      CompletableFuture<Throwable> reader =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> stream.inputStream().read()));
      stream.outputStream().write(new byte[0]);
      stream.close();
      assertThat(Await.get(reader))
          .isInstanceOf(TunnelException.class)
          .hasMessage("closed by the application");
      stream.close();
      assertThatThrownBy(() -> stream.outputStream().write(1))
          .hasMessage("closed by the application");
    }
  }

  @Test
  void closingStreamUnblocksWriter() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client = cloud.client("127.0.0.1:1").build();
        TunnelStream stream = client.open()) {
      Upload upload = Upload.start(stream.outputStream(), 1, 64 << 20);
      stream.close();
      assertThatThrownBy(upload::await).hasRootCauseInstanceOf(TunnelException.class);
    }
  }

  @Test
  void closeSendsAllWrittenBytes() throws Exception {
    int size = 8 << 20;
    try (ScriptedCloud cloud = ScriptedCloud.acceptingAll(size);
        TunnelClient client = cloud.client("127.0.0.1:1").build()) {
      try (TunnelStream stream = client.open()) {
        Upload.write(stream.outputStream(), 1, size);
      }
      cloud.assertPlayed();
    }
  }

  @Test
  void closedClientRejectsOpenAndListen() throws Exception {
    try (ScriptedCloud cloud = echo()) {
      TunnelClient client = cloud.client("127.0.0.1:1").build();
      client.close();
      assertThatThrownBy(client::open)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this TunnelClient is closed");
      assertThatThrownBy(() -> client.listen(Loopback.anyPort()))
          .isInstanceOf(IllegalStateException.class);
      assertThat(cloud.requests()).isZero();
    }
  }

  @Test
  void clientsWithSharedResourcesCloseIndependently() throws Exception {
    try (ScriptedCloud cloud = echo()) {
      TunnelClient first = cloud.client("127.0.0.1:1").build();
      TunnelClient second = first.newBuilder().serviceAddress("127.0.0.1:2").build();
      first.close();
      try (TunnelStream stream = second.open()) {
        stream.outputStream().write('x');
        assertThat(stream.inputStream().read()).isEqualTo('x');
      }
      second.close();
      assertThatThrownBy(() -> first.newBuilder().build())
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
