package io.github.devicetunnel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that a test reaches only the addresses that it allows. */
final class DialScopeTest {
  private static final String DEVICE = Clients.DEVICE;

  /** Listens on every address of this machine and reports whether a connection arrived. */
  private static final class Trap implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0);

    Trap() throws IOException {
      socket.setSoTimeout(200);
    }

    int port() {
      return socket.getLocalPort();
    }

    InetSocketAddress at(InetAddress address) {
      return new InetSocketAddress(address, port());
    }

    /** The service connects before it answers the upgrade, so a short timeout is sufficient. */
    boolean wasDialled() throws IOException {
      try (Socket accepted = socket.accept()) {
        return accepted.isConnected();
      } catch (SocketTimeoutException e) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Returns an IPv4 address of this machine that is not a loopback address. */
  private static InetAddress networkAddress() throws IOException {
    InetAddress address =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(local -> local instanceof Inet4Address && !local.isLoopbackAddress())
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(address != null, "this machine has loopback only");
    return address;
  }

  private static void assumeReachable(String host) throws IOException {
    InetAddress loopback = InetAddress.getAllByName("::1")[0];
    boolean ipv6 = NetworkInterface.getByInetAddress(loopback) != null;
    Assumptions.assumeTrue(ipv6 || !host.contains(":"), "no IPv6");
  }

  private static void assertNotFound(TunnelService cloud, String address) {
    try (TunnelClient client = Clients.client(cloud).serviceAddress(address).build()) {
      TunnelRejectedException e = catchThrowableOfType(TunnelRejectedException.class, client::open);
      assertThat(e.statusCode()).isEqualTo(404);
      assertThat(e).hasMessageContaining("no route to " + address);
    }
  }

  private static void assertOpens(TunnelService cloud, String address) throws IOException {
    try (TunnelClient client = Clients.client(cloud).serviceAddress(address).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.stats().bytesUp()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.2",
        "localhost",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[::]"
      })
  void dialsNothingWithoutRoute(String host) throws Exception {
    assumeReachable(host);
    try (Trap trap = new Trap();
        TunnelService cloud = Clients.service().build().start()) {
      assertNotFound(cloud, host + ":" + trap.port());
      assertThat(trap.wasDialled()).isFalse();

      cloud.device(DEVICE).dialLoopback();
      assertOpens(cloud, host + ":" + trap.port());
      assertThat(trap.wasDialled()).isTrue();
    }
  }

  @Test
  void dialsOtherHostsOnlyIfAllowed() throws Exception {
    try (Trap trap = new Trap();
        TunnelService cloud = Clients.service().build().start()) {
      String address = trap.at(networkAddress()).getAddress().getHostAddress() + ":" + trap.port();

      assertNotFound(cloud, address);
      cloud.device(DEVICE).dialLoopback();
      assertNotFound(cloud, address);
      assertThat(trap.wasDialled()).isFalse();

      cloud.device(DEVICE).dialAnything().dialLoopback();
      assertOpens(cloud, address);
      assertThat(trap.wasDialled()).isTrue();
    }
  }

  /** As with a real gateway, the tunnel opens and closes at once. */
  @Test
  void dialsNothingAfterAnswerWithoutRoute() throws Exception {
    try (Trap trap = new Trap();
        TunnelService cloud =
            Clients.service().serviceDial(ServiceDial.AFTER_ANSWER).build().start();
        TunnelClient client =
            Clients.client(cloud).serviceAddress("127.0.0.1:" + trap.port()).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read()).isEqualTo(-1);
      assertThat(trap.wasDialled()).isFalse();
    }
  }

  /** The address decides, because a hosts file or DNS can map a name to another machine. */
  @Test
  void rejectsRouteToOtherMachine() throws Exception {
    byte[] documentation = {(byte) 192, 0, 2, 1}; // RFC 5737
    InetSocketAddress disguised =
        new InetSocketAddress(InetAddress.getByAddress("localhost", documentation), 502);
    try (TunnelService cloud = Clients.service().build()) {
      TestDevice device = cloud.device(DEVICE);
      assertThatThrownBy(() -> device.route("10.0.0.5:502", disguised))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the target localhost/192.0.2.1:502 of the route for 10.0.0.5:502")
          .hasMessageContaining("dialAnything()");
      assertThatThrownBy(() -> cloud.route(DEVICE, "10.0.0.5:502", disguised))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(DialScope.LOOPBACK.allowsUnrouted(disguised)).isFalse();
      device.dialAnything().route("10.0.0.5:502", disguised);
    }
    TunnelService.Builder builder = Clients.service().route(DEVICE, "10.0.0.5:502", disguised);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
    builder.dialAnything().build().close();
  }

  /** A server that listens on all interfaces reports a wildcard address. */
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "127.0.0.2", "::1"})
  void acceptsRouteToThisMachine(String host) throws Exception {
    assumeReachable(host);
    try (Trap trap = new Trap();
        TunnelService cloud = Clients.service().build().start()) {
      InetSocketAddress actual = trap.at(InetAddress.getAllByName(host)[0]);
      cloud.route(DEVICE, "10.0.0.5:502", actual);
      assertOpens(cloud, "10.0.0.5:502");
      assertThat(trap.wasDialled()).isTrue();
    }
  }

  @Test
  void appliesDialScopeToAllDevices() throws Exception {
    try (Trap trap = new Trap();
        TunnelService cloud = Clients.service().dialLoopback().build().start()) {
      assertOpens(cloud, "127.0.0.1:" + trap.port());
      assertThat(trap.wasDialled()).isTrue();
    }
  }
}
