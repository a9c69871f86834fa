package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that listeners on unix sockets behave like listeners on ports, as far as the system allows.
 */
@ExtendWith(Leaks.class)
@DisabledOnOs(OS.WINDOWS)
class UnixSocketTest {
  private static final String SERVICE = "127.0.0.1:80";

  /** Maximum length of the path of a unix socket in Java. */
  private static final int MAX_PATH_LENGTH = OS.LINUX.isCurrentOs() ? 106 : 102;

  @TempDir private Path folder;
  private UnixDomainSocketAddress address;
  private TestingCloud cloud;

  @BeforeEach
  void start() throws IOException {
    address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    cloud = TestingCloud.started();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void carriesBothDirectionsAtOnce() throws Exception {
    byte[] data = new byte[8 << 20];
    new Random(1).nextBytes(data);
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
    try (TunnelClient client =
            cloud.client(SERVICE).halfCloseTimeout(Duration.ofMillis(100)).build();
        TunnelListener listener = client.listen(address);
        SocketChannel local = SocketChannel.open(address)) {
      assertThat(listener.localAddress()).isEqualTo(address);
      CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> write(local, data));
      assertThat(Arrays.equals(read(local, data.length), data)).isTrue();
      Await.get(upload);
    }
    assertThat(Files.exists(address.getPath())).isFalse();
  }

  @Test
  void receivesReplyAfterHalfClose() throws Exception {
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            SERVICE,
            stream -> {
              assertThat(stream.inputStream().readNBytes(8)).isEqualTo("question".getBytes(UTF_8));
              stream.outputStream().write("answer".getBytes(UTF_8));
            });
    try (TunnelClient client = cloud.client(SERVICE).build();
        TunnelListener listener = client.listen(address);
        SocketChannel local = SocketChannel.open(address)) {
      assertThat(listener).isNotNull();
      write(local, "question".getBytes(UTF_8));
      local.shutdownOutput();
      assertThat(read(local, 6)).isEqualTo("answer".getBytes(UTF_8));
      assertThat(local.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void closingLocalClientClosesTunnel() throws Exception {
    CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    CompletableFuture<ConnectionInfo> opened = new CompletableFuture<>();
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            SERVICE,
            stream -> {
              // Until the tunnel is closed.
              while (true) {
                stream.outputStream().write(new byte[1000]);
              }
            });
    TunnelEventListener events =
        new TunnelEventListener() {
          @Override
          public void opened(ConnectionInfo connection) {
            opened.complete(connection);
          }

          @Override
          public void closed(ConnectionInfo connection, CloseReason reason) {
            closed.complete(reason);
          }
        };
    try (TunnelClient client = cloud.client(SERVICE).addEventListener(events).build();
        TunnelListener listener = client.listen(address)) {
      assertThat(listener).isNotNull();
      try (SocketChannel local = SocketChannel.open(address)) {
        assertThat(read(local, 1)).hasSize(1);
      }
      assertThat(Await.get(closed).kind()).isEqualTo(CloseReason.Kind.LOCAL_RESET);
      assertThat(Await.get(opened).localClient()).isNull();
    }
  }

  @Test
  void closingListenerUnblocksLocalClient() throws Exception {
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
    try (TunnelClient client = cloud.client(SERVICE).build();
        TunnelListener listener = client.listen(address);
        SocketChannel local = SocketChannel.open(address)) {
      write(local, new byte[1]);
      assertThat(read(local, 1)).hasSize(1);
      assertThat(listener.close(Duration.ZERO).aborted()).isEqualTo(1);
      assertThat(local.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void livenessTimeoutClosesConnection() throws Exception {
    try (ScriptedCloud silent = ScriptedCloud.frozen();
        TunnelClient client =
            silent
                .client("127.0.0.1:1")
                .pingInterval(Duration.ofMillis(100))
                .livenessTimeout(Duration.ofMillis(500))
                .build();
        TunnelListener listener = client.listen(address);
        SocketChannel local = SocketChannel.open(address)) {
      assertThat(listener).isNotNull();
      assertThat(local.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void rejectsPathInUseAndPathTooLong() throws Exception {
    try (TunnelClient client = cloud.client(SERVICE).build();
        TunnelListener listener = client.listen(address)) {
      assertThatThrownBy(() -> client.listen(address))
          .isInstanceOf(BindException.class)
          .hasMessage(
              "cannot listen on unix:" + address + ": the socket is in use by another program");
      assertThatThrownBy(listener::localPort)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(address.toString());
      Path longPath = pathOfLength(MAX_PATH_LENGTH + 1);
      assertThatThrownBy(() -> client.listen(UnixDomainSocketAddress.of(longPath)))
          .isInstanceOf(BindException.class)
          .hasMessage(
              "cannot listen on unix:%s: the path must have at most %d bytes, but has %d",
              longPath, MAX_PATH_LENGTH, MAX_PATH_LENGTH + 1);
      assertThat(folder.toFile().list()).containsExactly("socket");
    }
  }

  /**
   * The listener first creates the socket at a temporary path, which is longer than a short name.
   */
  @Test
  void acceptsLongestPathWithShortName() throws Exception {
    Path deep = Files.createDirectory(pathOfLength(MAX_PATH_LENGTH - 2));
    address = UnixDomainSocketAddress.of(deep.resolve("s"));
    for (int run = 0; run < 2; run++) {
      try (TunnelClient client = cloud.client(SERVICE).build();
          TunnelListener listener = client.listen(address);
          SocketChannel local = SocketChannel.open(address)) {
        assertThat(listener).isNotNull();
        assertThat(local.isConnected()).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address.getPath())))
            .isEqualTo("rw-------");
        assertThat(deep.toFile().list()).containsExactly("s");
      }
      assertThat(deep).isEmptyDirectory();
    }
  }

  private Path pathOfLength(int length) {
    return folder.resolve("x".repeat(length - folder.toString().length() - 1));
  }

  @Test
  void rejectsPathOfProgramThatDoesNotAccept() throws Exception {
    List<SocketChannel> waiting = new ArrayList<>();
    try (TunnelClient client = cloud.client(SERVICE).build();
        ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      busy.bind(address, 1);
      while (canConnect(waiting) && waiting.size() < 50) {}
      assertThatThrownBy(() -> client.listen(address))
          .isInstanceOf(BindException.class)
          .hasMessage(
              "cannot listen on unix:" + address + ": the socket is in use by another program");
      assertThat(address.getPath()).exists();
    } finally {
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  /** Returns false when the backlog is full. */
  private boolean canConnect(List<SocketChannel> waiting) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    waiting.add(channel);
    channel.configureBlocking(false);
    try {
      return channel.connect(address);
    } catch (SocketException e) {
      return false;
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) {
    try {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] read(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      assertThat(channel.read(bytes)).isNotNegative();
    }
    return bytes.array();
  }
}
