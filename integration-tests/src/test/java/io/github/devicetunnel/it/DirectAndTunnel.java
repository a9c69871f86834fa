package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The results of one local program that ran on a direct connection to a service, and then on a
 * connection to a listener whose tunnel leads to the same service, for several kinds of clouds.
 */
record DirectAndTunnel<T>(T direct, Map<CloudKind, T> tunnels) {
  /** So long that a test which waits for it fails. */
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofMinutes(1);

  /** Two that send a close frame, and one that does not. */
  private static final Set<CloudKind> KINDS =
      EnumSet.of(CloudKind.TESTING, CloudKind.NODE, CloudKind.NODE_BARE_TLS);

  /** A local program, or what it does with one connection. */
  interface LocalProgram<T> {
    T run(InetSocketAddress address) throws Exception;
  }

  /** Runs it through three kinds. */
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

  /** Asserts an absolute result: two wrong results may be equal. */
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
