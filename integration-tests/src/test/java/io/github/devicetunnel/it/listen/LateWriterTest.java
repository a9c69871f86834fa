package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.Service;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A local client that keeps writing after the service has closed normally. */
final class LateWriterTest {
  private static final byte[] BYE = "221 bye\r\n".getBytes(US_ASCII);

  /** Maximum number of discarded bytes, plus the buffers of two local sockets. */
  private static final long MAX_WRITTEN_BYTES = (1 << 20) + (16 << 20);

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  private static Service closingService() throws IOException {
    return Service.started(socket -> socket.getOutputStream().write(BYE));
  }

  @ParameterizedTest
  @EnumSource(names = {"TESTING", "TESTING_TLS", "NODE", "NODE_BARE"})
  void writesAfterServiceCloseFailSoon(CloudKind kind) throws Exception {
    CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    try (Service service = closingService();
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).addEventListener(completing(closed)).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(BYE);

      assertThat(written(socket.getOutputStream())).isLessThan(MAX_WRITTEN_BYTES);

      Await.get(closed);
      assertThat(closed.join().isOrderly()).isTrue();
      assertThat(closed.join().bytesUp()).isZero();
    }
  }

  /** A few slow bytes: the elapsed time triggers the reset, not the number of bytes. */
  @Test
  void oneLateByteResetsConnection() throws Exception {
    try (Service service = closingService();
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = cloud.client(service).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(BYE);
      long start = System.nanoTime();
      socket.getOutputStream().write('x');

      IOException e =
          catchThrowableOfType(
              IOException.class,
              () -> {
                CountDownLatch pause = new CountDownLatch(1);
                while (System.nanoTime() - start < Await.LONG.toNanos()) {
                  // Too slow to reach the byte limit, so that a write fails because of the time
                  // limit.
                  assertThat(pause.await(20, TimeUnit.MILLISECONDS)).isFalse();
                  socket.getOutputStream().write('x');
                }
              });

      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void writesToUnixSocketFailSoon() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (Service service = closingService();
        Cloud cloud = CloudKind.TESTING.start();
        TunnelClient client = cloud.client(service).build();
        TunnelListener listener = client.listen(address);
        SocketChannel socket = SocketChannel.open(address)) {
      assertThat(listener).isNotNull();
      ByteBuffer received = ByteBuffer.allocate(100);
      while (socket.read(received) >= 0) {
        // Read to the end.
      }
      assertThat(received.position()).isEqualTo(BYE.length);
      OutputStream out =
          new OutputStream() {
            @Override
            public void write(int b) {
              throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes) throws IOException {
              ByteBuffer remaining = ByteBuffer.wrap(bytes);
              while (remaining.hasRemaining()) {
                socket.write(remaining);
              }
            }
          };
      assertThat(written(out)).isLessThan(MAX_WRITTEN_BYTES);
    }
  }

  /** Writes until a write fails, and returns the number of bytes written before. */
  private static long written(OutputStream out) {
    long count = 0;
    byte[] block = new byte[64 << 10];
    long start = System.nanoTime();
    while (System.nanoTime() - start < Await.LONG.toNanos()) {
      try {
        out.write(block);
        count += block.length;
      } catch (IOException e) {
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
        return count;
      }
    }
    throw new AssertionError(count + " bytes were written without a failure");
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
