package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.TunnelledPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Results of one local program that ran on a direct connection to a service, and then through a
 * listener to the same service, for several kinds of clouds.
 */
record DirectAndTunnel<T>(T direct, Map<CloudKind, T> tunnels) {
  /** Long enough that a test that waits for it fails. */
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofMinutes(1);

  /** Two clouds that send a close frame, and one that does not. */
  private static final Set<CloudKind> KINDS =
      EnumSet.of(CloudKind.TESTING, CloudKind.NODE, CloudKind.NODE_BARE_TLS);

  /** A local program, or its work on one connection. */
  interface LocalProgram<T> {
    T run(InetSocketAddress address) throws Exception;
  }

  /** Runs a program on a direct connection and through three kinds of clouds. */
  static <T> DirectAndTunnel<T> run(InetSocketAddress service, LocalProgram<T> program)
      throws Exception {
    return run(KINDS, service, program);
  }

  static <T> DirectAndTunnel<T> run(
      Set<CloudKind> kinds, InetSocketAddress service, LocalProgram<T> program) throws Exception {
    T direct = program.run(service);
    Map<CloudKind, T> tunnels = new EnumMap<>(CloudKind.class);
    for (CloudKind kind : kinds) {
      try (TunnelledPort port = TunnelledPort.to(text(service), kind, HALF_CLOSE_TIMEOUT)) {
        tunnels.put(kind, program.run(port.address()));
      }
    }
    return new DirectAndTunnel<>(direct, tunnels);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Asserts that every result equals an expected value, because two wrong results may be equal. */
  void assertAll(T expected) {
    assertThat(direct).as("on a direct connection").isEqualTo(expected);
    assertThat(tunnels).as("through tunnels").isNotEmpty();
    tunnels.forEach(
        (kind, result) -> assertThat(result).as("through %s", kind).isEqualTo(expected));
  }

  List<T> all() {
    List<T> all = new ArrayList<>(tunnels.values());
    all.add(direct);
    return all;
  }
}
