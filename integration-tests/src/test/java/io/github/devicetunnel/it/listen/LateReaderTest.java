package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tunnels that fail after a transfer: all bytes arrive before the failure. */
@EnabledOnOs(OS.LINUX)
final class LateReaderTest {
  /** More bytes than the buffers of a local socket hold. */
  private static final int COUNT = 3_000_000;

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  /** Ways in which the cloud ends a tunnel abnormally. */
  enum End {
    INTERNAL_ERROR {
      @Override
      void send(RawConnection connection) throws IOException {
        connection.write(ServerFrames.close(1011));
      }
    },
    GOING_AWAY {
      @Override
      void send(RawConnection connection) throws IOException {
        connection.write(ServerFrames.close(1001));
      }
    },
    ILLEGAL_FRAME {
      @Override
      void send(RawConnection connection) throws IOException {
        connection.write(ServerFrames.bytes(0xff, 0));
      }
    },
    FIN_INSIDE_MESSAGE {
      @Override
      void send(RawConnection connection) throws IOException {
        connection.write(ServerFrames.header(ServerFrames.FIN | ServerFrames.BINARY, 10));
      }
    };

    abstract void send(RawConnection connection) throws IOException;
  }

  private static ScriptedCloud failingCloud(End end) throws IOException {
    return ScriptedCloud.started(
        connection -> {
          connection.write(connection.granted());
          byte[] all = new RandomBytes(7, COUNT).readAllBytes();
          int piece = 30_000;
          for (int offset = 0; offset < all.length; offset += piece) {
            connection.write(ServerFrames.header(ServerFrames.FIN | ServerFrames.BINARY, piece));
            connection.write(all, offset, piece);
          }
          end.send(connection);
          if (end != End.FIN_INSIDE_MESSAGE) {
            connection.awaitEnd();
          }
        });
  }

  /** Delays the reader for a fixed time. */
  private static void delayReader() throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(400, TimeUnit.MILLISECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void tcpClientReceivesAllBytesBeforeReset(End end) throws Exception {
    CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    try (ScriptedCloud cloud = failingCloud(end);
        TunnelClient client =
            cloud.client("127.0.0.1:80").addEventListener(completing(closed)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      delayReader();
      byte[] received = new byte[COUNT];
      InputStream in = socket.getInputStream();
      assertThat(in.readNBytes(received, 0, COUNT)).isEqualTo(COUNT);
      assertThat(received).isEqualTo(new RandomBytes(7, COUNT).readAllBytes());
      assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("reset");
      Await.get(closed);
      assertThat(closed.join().bytesDown()).isEqualTo(COUNT);
      assertThat(closed.join().isOrderly()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void unixClientReceivesAllBytes(End end) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (ScriptedCloud cloud = failingCloud(end);
        TunnelClient client = cloud.client("127.0.0.1:80").build();
        TunnelListener listener = client.listen(address);
        SocketChannel socket = SocketChannel.open(address)) {
      assertThat(listener).isNotNull();
      delayReader();
      ByteArrayOutputStream received = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (received.size() < COUNT && socket.read(buffer.clear()) >= 0) {
        received.write(buffer.array(), 0, buffer.position());
      }
      assertThat(received.toByteArray()).isEqualTo(new RandomBytes(7, COUNT).readAllBytes());
    }
  }

  @ParameterizedTest
  @EnumSource
  void streamReceivesAllBytesBeforeException(End end) throws Exception {
    try (ScriptedCloud cloud = failingCloud(end);
        TunnelClient client = cloud.client("127.0.0.1:80").build();
        TunnelStream stream = client.open()) {
      delayReader();
      byte[] received = stream.inputStream().readNBytes(COUNT);
      assertThat(received).isEqualTo(new RandomBytes(7, COUNT).readAllBytes());
      assertThatThrownBy(() -> stream.inputStream().read()).isInstanceOf(TunnelException.class);
    }
  }

  /** A client that reads nothing keeps its connection for at most two seconds. */
  @Test
  void clientThatNeverReadsIsResetAfterTimeout() throws Exception {
    CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    try (ScriptedCloud cloud =
            ScriptedCloud.started(
                connection -> {
                  connection.write(connection.granted());
                  connection.write(ServerFrames.binary(new byte[60_000]), ServerFrames.close(1011));
                  connection.awaitEnd();
                });
        TunnelClient client =
            cloud.client("127.0.0.1:80").addEventListener(completing(closed)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4 << 10); // Keeps bytes in the sender's queue.
      socket.connect(listener.localAddress());
      Await.get(closed);
      assertThat(closed.join().code()).isEqualTo(1011);
    }
  }

  private static TunnelEventListener completing(CompletableFuture<CloseReason> closed) {
    return new TunnelEventListener() {
      @Override
      public void closed(ConnectionInfo connection, CloseReason reason) {
        closed.complete(reason);
      }
    };
  }
}
