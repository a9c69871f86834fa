package io.github.devicetunnel.it.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TunnelledPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests OpenSSH's server and clients through a tunnel. */
final class SshTest {
  private static final String USER = SshServer.USER;
  private static final long COUNT = 20 << 20;

  @TempDir static Path serverFolder;
  @AutoClose private static SshServer server;

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws Exception {
    server = SshServer.started(serverFolder);
  }

  /** Prepares a client with these settings only. */
  private ProgramRun.Builder client(String name, List<String> arguments) {
    List<String> line = new ArrayList<>(List.of(Externals.program(name), "-F", "/dev/null"));
    for (String option :
        List.of(
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "IdentityFile=" + server.key(),
            "LogLevel=ERROR",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null")) {
      line.addAll(List.of("-o", option));
    }
    line.addAll(arguments);
    return ProgramRun.in(folder, line);
  }

  private ProgramRun.Builder ssh(TunnelledPort port, String command) {
    return client("ssh", List.of("-p", port.number(), USER + "@127.0.0.1", command));
  }

  private void scp(TunnelledPort port, String from, String to) throws Exception {
    client("scp", List.of("-q", "-P", port.number(), from, to)).succeed();
  }

  private static String remote(Path file) {
    return USER + "@127.0.0.1:" + file;
  }

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void remoteCommandReturnsOutputAndExitCode(CloudKind kind) throws Exception {
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      Outcome outcome = ssh(port, "sh -c 'echo result; echo problem >&2; exit 7'").run();

      assertThat(outcome.out()).isEqualTo("result\n");
      assertThat(outcome.err()).isEqualTo("problem\n");
      assertThat(outcome.exitCode()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void transfersBothDirectionsAtOnce(CloudKind kind) throws Exception {
    Path file = RandomFile.create(folder.resolve("file"), 1, COUNT);
    Path echo = folder.resolve("echo");
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      ssh(port, "cat").input(file).output(echo).succeed();

      assertThat(RandomFile.digest(echo)).isEqualTo(RandomBytes.digest(1, COUNT));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void transfersOneDirectionAfterTheOther(CloudKind kind) throws Exception {
    Path file = RandomFile.create(folder.resolve("file"), 2, COUNT);
    Path there = folder.resolve("there");
    Path back = folder.resolve("back");
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      ssh(port, "cat >'" + there + "'").input(file).succeed();
      assertThat(RandomFile.digest(there)).isEqualTo(RandomBytes.digest(2, COUNT));

      ssh(port, "cat '" + there + "'").output(back).succeed();
      assertThat(RandomFile.digest(back)).isEqualTo(RandomBytes.digest(2, COUNT));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void copiesFiles(CloudKind kind) throws Exception {
    Path file = RandomFile.create(folder.resolve("file"), 3, COUNT);
    Path there = folder.resolve("there");
    Path back = folder.resolve("back");
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      scp(port, file.toString(), remote(there));
      assertThat(RandomFile.digest(there)).isEqualTo(RandomBytes.digest(3, COUNT));

      scp(port, remote(there), back.toString());
      assertThat(RandomFile.digest(back)).isEqualTo(RandomBytes.digest(3, COUNT));
    }
  }
}
