package io.github.devicetunnel.internal.local;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.devicetunnel.internal.local.SocketTable.Connection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Uses socket tables in the format of a little-endian kernel. */
class SocketTableTest {
  private static final String HEADER =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";
  private static final String REST = " 00:00000000 00000000     0        0 ";

  @TempDir private Path folder;

  @BeforeEach
  void assumeLittleEndian() {
    assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
  }

  private static InetSocketAddress address(String ip, int port) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(ip), port);
  }

  private Connection find(InetSocketAddress local, InetSocketAddress remote) throws Exception {
    return new SocketTable(folder).find(local, remote).get(20, SECONDS);
  }

  private void write(String name, String... rows) throws Exception {
    Files.writeString(folder.resolve(name), HEADER + String.join("\n", rows) + "\n");
  }

  @Test
  void findsBothEnds() throws Exception {
    write(
        "tcp",
        "   0: 0100007F:B8B3 00000000:0000 0A 00000000:00000000" + REST + "8913 1 0 100 0 0 10 0",
        "   1: 0100007F:A49A 0100007F:B8B3 01 00000000:0001BA00" + REST + "8924 2 0 20 4 30 10 -1",
        "10002: 0100007F:B8B3 0100007F:A49A 08 003B2C00:00000001"
            + REST
            + "8925 3 0 20 4 30 10 -1");

    Connection found = find(address("127.0.0.1", 0xb8b3), address("127.0.0.1", 0xa49a));

    assertThat(found.own()).isEqualTo(new SocketTable.Row(8, 0x3b2c00, 1, true));
    assertThat(found.own().isInputEnded()).isTrue();
    assertThat(found.peer()).isEqualTo(new SocketTable.Row(1, 0, 0x1ba00, true));
  }

  /** A dual-stack socket of Java and an IPv4 client are in different tables. */
  @Test
  void findsIpv4MappedAddresses() throws Exception {
    write(
        "tcp",
        "   0: 0100007F:A49A 0100007F:B8B3 05 00000000:00000000 03:00001770 00000000     0        0 0"
            + " 3 0");
    write(
        "tcp6",
        "   0: 0000000000000000FFFF00000100007F:B8B3 0000000000000000FFFF00000100007F:A49A 08"
            + " 00000000:00000000"
            + REST
            + "8925 1 0 20 4 30 10 -1");

    Connection found = find(address("127.0.0.1", 0xb8b3), address("127.0.0.1", 0xa49a));

    assertThat(found.own().open()).isTrue();
    assertThat(found.peer().open()).isFalse();
  }

  @Test
  void findsIpv6Connection() throws Exception {
    write("tcp");
    write(
        "tcp6",
        "   0: 00000000000000000000000001000000:B8B3 00000000000000000000000001000000:A49A 01"
            + " 00000000:00000000"
            + REST
            + "8925 1 0 20 4 30 10 -1");

    Connection found = find(address("::1", 0xb8b3), address("::1", 0xa49a));

    assertThat(found.own()).isNotNull();
    assertThat(found.peer()).isNull();
  }

  @Test
  void returnsNullWithoutTable() throws Exception {
    assertThat(find(address("127.0.0.1", 1), address("127.0.0.1", 2))).isNull();
  }

  @Test
  void skipsMalformedLines() throws Exception {
    write("tcp", "", "nonsense", "   0: 0100007F:B8B3", "   1: 0100007F:B8B3 0100007F:A49A 01");
    assertThat(find(address("127.0.0.1", 0xb8b3), address("127.0.0.1", 0xa49a)))
        .isEqualTo(new Connection(null, null));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @SuppressWarnings("try") // the test closes the client early
  void findsRealConnections() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, server.getLocalPort());
        Socket accepted = server.accept()) {
      InetSocketAddress local = (InetSocketAddress) accepted.getLocalSocketAddress();
      InetSocketAddress remote = (InetSocketAddress) accepted.getRemoteSocketAddress();

      Connection open = SocketTable.SYSTEM.find(local, remote).get(20, SECONDS);
      assertThat(open.own().open()).isTrue();
      assertThat(open.peer().open()).isTrue();

      client.close();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
      Connection closed = SocketTable.SYSTEM.find(local, remote).get(20, SECONDS);
      assertThat(closed.own().isInputEnded()).isTrue();
      assertThat(closed.peer() == null || !closed.peer().open()).isTrue();
    }
  }
}
