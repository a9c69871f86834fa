package io.github.devicetunnel.internal.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class UnixLocalSocketTest {
  private ServerSocketChannel server;
  private SocketChannel client;
  private SocketChannel accepted;
  private UnixLocalSocket socket;

  @BeforeEach
  void connect(@TempDir Path folder) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
    client = SocketChannel.open(address);
    accepted = server.accept();
    socket = new UnixLocalSocket(accepted);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    accepted.close();
    server.close();
  }

  @Test
  void halfClosedClientHasNotLeft() throws Exception {
    client.shutdownOutput();

    assertThat(socket.hasClientLeft(false).get()).isFalse();
  }

  @Test
  void clientWithUnreadBytesHasNotLeft() throws Exception {
    client.write(ByteBuffer.wrap(new byte[] {7, 8}));
    client.close();

    assertThat(socket.hasClientLeft(false).get()).isFalse();
    assertThat(socket.inputStream().readAllBytes()).containsExactly(7, 8);
    assertThat(socket.hasClientLeft(true).get()).isTrue();
  }

  /** Closing a socket with unread bytes resets the connection. */
  @Test
  void resetClientHasLeft() throws Exception {
    accepted.write(ByteBuffer.wrap(new byte[] {1}));
    client.close();

    assertThat(socket.hasClientLeft(false).get()).isTrue();
    assertThatThrownBy(() -> socket.inputStream().read()).isInstanceOf(IOException.class);
  }
}
