package io.github.devicetunnel.internal.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks how the kernel's socket table distinguishes a close from a half-close of the client. */
final class TcpLocalSocketTest {
  private static final String OPEN = "12345";
  private static final String CLOSED = "0";
  private static final int CLOSE_WAIT = 8;
  private static final int FIN_WAIT2 = 5;

  @TempDir private Path folder;

  private static InetSocketAddress address(int lastByte, int port) throws UnknownHostException {
    byte[] bytes = {(byte) 192, 0, 2, (byte) lastByte};
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
  }

  private static String hex(InetSocketAddress address) {
    ByteBuffer bytes =
        ByteBuffer.wrap(address.getAddress().getAddress()).order(ByteOrder.nativeOrder());
    return String.format("%08X:%04X", bytes.getInt(), address.getPort());
  }

  private static String row(
      InetSocketAddress own, InetSocketAddress peer, int state, String inode) {
    return String.format(
        "   0: %s %s %02X 00000000:00000000 00:00000000 00000000  1000        0 %s 1 0\n",
        hex(own), hex(peer), state, inode);
  }

  private boolean hasClientLeft(InetSocketAddress local, InetSocketAddress remote, String peerRow)
      throws Exception {
    String table = "  sl  local_address rem_address ...\n" + row(local, remote, CLOSE_WAIT, OPEN);
    Files.writeString(folder.resolve("tcp"), table + peerRow);
    try (Socket socket =
        new Socket() {
          @Override
          public SocketAddress getLocalSocketAddress() {
            return local;
          }

          @Override
          public SocketAddress getRemoteSocketAddress() {
            return remote;
          }
        }) {
      TcpLocalSocket tcpSocket = new TcpLocalSocket(socket, new SocketTable(folder));
      boolean left = tcpSocket.hasClientLeft(false).get(20, TimeUnit.SECONDS);
      assertThat(tcpSocket.hasClientLeft(true).get(20, TimeUnit.SECONDS)).isEqualTo(left);
      return left;
    }
  }

  @Test
  void closedClientOnThisMachineHasLeft() throws Exception {
    InetSocketAddress local = address(1, 8181);
    InetSocketAddress remote = address(1, 50_000);
    assertThat(hasClientLeft(local, remote, row(remote, local, FIN_WAIT2, CLOSED))).isTrue();
    assertThat(hasClientLeft(local, remote, "")).isTrue();
  }

  @Test
  void halfClosedClientOnThisMachineHasNotLeft() throws Exception {
    InetSocketAddress local = address(1, 8181);
    InetSocketAddress remote = address(1, 50_000);
    assertThat(hasClientLeft(local, remote, row(remote, local, FIN_WAIT2, OPEN))).isFalse();
  }

  /** The client's row is on the other machine, so a close looks the same as a half-close. */
  @Test
  void clientOnAnotherMachineCountsAsHalfClosed() throws Exception {
    assertThat(hasClientLeft(address(1, 8181), address(2, 50_000), "")).isFalse();
  }
}
