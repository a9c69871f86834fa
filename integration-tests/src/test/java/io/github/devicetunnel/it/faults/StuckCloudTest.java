package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.UnconnectedSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cloud that lets writes of a connection block must not stop the timers of the other connections
 * of the client, nor {@code close()}.
 */
@SuppressWarnings("try") // the tests close clients early
final class StuckCloudTest {
  private static final int SMALL = 4096;
  private static final String SERVICE = "127.0.0.1:1";
  private static final HeldCertificate HELD =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private static final HandshakeCertificates CERTIFICATES =
      new HandshakeCertificates.Builder()
          .heldCertificate(HELD)
          .addTrustedCertificate(HELD.certificate())
          .build();

  @RegisterExtension final Leaks leaks = new Leaks();
  private final CountDownLatch over = new CountDownLatch(1);

  /** Neither reads nor writes, until the test is over. */
  private void freeze(RawConnection connection) throws Exception {
    connection.write(connection.granted());
    Await.reached(over);
  }

  private static ScriptedCloud started(ScriptedCloud.Script script, boolean tls)
      throws IOException {
    return tls
        ? ScriptedCloud.started(StuckCloudTest::toTls, script)
        : ScriptedCloud.started(script);
  }

  private static SSLSocket toTls(Socket socket) throws IOException {
    SSLSocket tlsSocket =
        (SSLSocket) CERTIFICATES.sslSocketFactory().createSocket(socket, null, true);
    tlsSocket.startHandshake();
    return tlsSocket;
  }

  private static String uri(ScriptedCloud cloud, boolean tls) {
    return tls ? cloud.uri().replace("ws://127.0.0.1", "wss://localhost") : cloud.uri();
  }

  private static TunnelClient client(ScriptedCloud cloud, boolean tls, UnconnectedSockets sockets) {
    OkHttpClient okHttpClient =
        new OkHttpClient.Builder()
            .socketFactory(sockets)
            .sslSocketFactory(CERTIFICATES.sslSocketFactory(), CERTIFICATES.trustManager())
            .build();
    return cloud
        .client(SERVICE)
        .cloudUri(uri(cloud, tls))
        .okHttpClient(okHttpClient)
        .pingInterval(Duration.ofMillis(100))
        .livenessTimeout(Duration.ofMillis(500))
        .build();
  }

  /** Sockets with a small send buffer. */
  private static final class SmallSockets extends UnconnectedSockets {
    @Override
    public Socket createSocket() {
      Socket socket = new Socket();
      try {
        socket.setSendBufferSize(SMALL);
      } catch (SocketException e) {
        throw new UncheckedIOException(e);
      }
      return socket;
    }
  }

  /** Waits for the end of a stream that only a timer can end. */
  private static Kind endOf(TunnelStream stream) throws Exception {
    CompletableFuture<TunnelException> failure =
        CompletableFuture.supplyAsync(
            () -> catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read()));
    return Await.get(failure).reason().kind();
  }

  private static void closeInTime(TunnelClient client) throws Exception {
    CompletableFuture<DrainReport> closing =
        CompletableFuture.supplyAsync(() -> client.close(Duration.ZERO));
    assertThat(Await.get(closing)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void blockedPingsDoNotStopTimers(boolean tls) throws Exception {
    GatedSockets sockets = new GatedSockets();
    try (ScriptedCloud cloud = started(this::freeze, tls);
        TunnelClient client = client(cloud, tls, sockets)) {
      List<TunnelStream> streams = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        streams.add(client.open());
      }
      sockets.shut();
      try {
        for (TunnelStream stream : streams) {
          assertThat(endOf(stream)).isEqualTo(Kind.SILENT_CLOUD);
        }
        closeInTime(client);
      } finally {
        sockets.open();
        over.countDown();
      }
    }
  }

  @Test
  void closeReturnsWhileWritesBlock() throws Exception {
    GatedSockets sockets = new GatedSockets();
    OkHttpClient okHttpClient = new OkHttpClient.Builder().socketFactory(sockets).build();
    try (ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client =
            cloud
                .client(SERVICE)
                .okHttpClient(okHttpClient)
                .pingInterval(Duration.ofDays(1))
                .build();
        TunnelStream stream = client.open()) {
      assertThat(stream.isOpen()).isTrue();
      sockets.shut();
      try {
        closeInTime(client);
      } finally {
        sockets.open();
      }
    }
  }

  /**
   * TLS answers a key update (RFC 8446 section 4.6.3) on the thread that reads, so the answers fill
   * the send buffer although no frame is sent. Small buffers shorten the attack.
   */
  @Test
  void keyUpdatesAndForgedPongsDoNotStopTimers() throws Exception {
    CompletableFuture<SSLSocket> tlsSocket = new CompletableFuture<>();
    ScriptedCloud.Wrapping wrapping =
        socket -> {
          socket.setReceiveBufferSize(SMALL);
          SSLSocket wrapped = toTls(socket);
          tlsSocket.complete(wrapped);
          return wrapped;
        };
    ScriptedCloud.Script attack =
        connection -> {
          connection.write(connection.granted());
          while (true) {
            for (int i = 0; i < 100; i++) {
              tlsSocket.join().startHandshake();
            }
            connection.write(ServerFrames.pong("\0".repeat(16)));
          }
        };
    try (ScriptedCloud hostile = ScriptedCloud.started(wrapping, attack);
        ScriptedCloud frozen = started(this::freeze, true);
        TunnelClient client = client(hostile, true, new SmallSockets());
        TunnelClient other = client.newBuilder().cloudUri(uri(frozen, true)).build();
        TunnelStream attacked = client.open();
        TunnelStream waiting = other.open()) {
      assertThat(endOf(waiting)).isEqualTo(Kind.SILENT_CLOUD);
      assertThat(endOf(attacked)).isIn(Kind.SILENT_CLOUD, Kind.WRITE_TIMEOUT);
      closeInTime(client);
      over.countDown();
    }
  }
}
