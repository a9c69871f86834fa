package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program on a machine without a free local port, simulated by a network namespace. */
final class LocalPortsTest {
  /** Reserves all ports of the local port range, and runs the rest of the arguments. */
  private static final String WITHOUT_PORTS =
      """
      ip link set lo up || exit 99
      echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range || exit 99
      echo 40000-40003 >/proc/sys/net/ipv4/ip_local_reserved_ports || exit 99
      exec "$@"
      """;

  @TempDir Path folder;
  private List<String> namespace;

  /**
   * Root may create a network namespace. Other users require permission for a user namespace too.
   */
  @BeforeEach
  void findNamespace() throws Exception {
    String unshare = Externals.program("unshare");
    String unused = Externals.program("ip");
    for (String options : List.of("-n", "-rn")) {
      namespace = List.of(unshare, options, "sh", "-c", WITHOUT_PORTS, "sh");
      List<String> probe = new ArrayList<>(namespace);
      probe.add("true");
      if (ProgramRun.in(folder, probe).run().exitCode() == 0) {
        return;
      }
    }
    assumeTrue(false, "a network namespace is not permitted");
  }

  private ProgramRun.Outcome run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(namespace);
    command.add(PackagedProgram.LAUNCHER.toString());
    command.addAll(List.of(arguments));
    return ProgramRun.in(folder, command)
        .variable("JAVA_HOME", System.getProperty("java.home"))
        .variable("TUNNEL_DEVICE", Cloud.DEVICE)
        .variable("TUNNEL_SERVICE", "127.0.0.1:80")
        .variable("TUNNEL_API_KEY", Cloud.KEY)
        .run();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--proxy=none",
        "--proxy=http://127.0.0.1:9",
        "--proxy=https://127.0.0.1:9",
        "--proxy=socks5://127.0.0.1:9"
      })
  void reportsMissingFreePort(String proxy) throws Exception {
    ProgramRun.Outcome outcome = run("stdio", "--cloud-uri=ws://127.0.0.1:9", proxy);

    assertThat(outcome.err())
        .contains(
            "this machine has no free local port for a connection to the cloud; close connections"
                + " or widen the range of local ports (net.ipv4.ip_local_port_range on Linux)")
        .doesNotContain("could not be reached");
    assertThat(outcome.exitCode()).isEqualTo(6);
  }
}
