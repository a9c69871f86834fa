package io.github.devicetunnel.it.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TestProcess;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests OpenSSH's clients with {@code tunnel stdio} in place of a connection. */
final class SshProxyCommandTest {
  private static final long COUNT = 20 << 20;
  private static final String HOST = "gateway";

  @TempDir static Path serverFolder;
  @AutoClose private static SshServer server;

  @TempDir Path folder;
  private TestingCloud cloud;
  private Path config;

  @BeforeAll
  static void startServer() throws Exception {
    server = SshServer.started(serverFolder);
  }

  @BeforeEach
  void start() throws IOException {
    cloud = TestingCloud.started();
    config =
        Files.writeString(
            folder.resolve("config"),
            """
            Host %s
              User %s
              ProxyCommand %s
              BatchMode yes
              IdentitiesOnly yes
              IdentityFile %s
              LogLevel ERROR
              StrictHostKeyChecking no
              UserKnownHostsFile /dev/null
            """
                .formatted(
                    HOST,
                    SshServer.USER,
                    PackagedProgram.stdio(server.serviceAddress()),
                    server.key()));
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private ProgramRun.Builder program(String... command) {
    return PackagedProgram.withSettings(ProgramRun.in(folder, List.of(command)), cloud);
  }

  private ProgramRun.Builder ssh(String... arguments) {
    List<String> line = new ArrayList<>(List.of(Externals.program("ssh"), "-F", config.toString()));
    line.addAll(List.of(arguments));
    return program(line.toArray(String[]::new));
  }

  @Test
  void remoteCommandReturnsOutputAndExitCode() throws Exception {
    Outcome outcome = ssh(HOST, "sh -c 'echo result; echo problem >&2; exit 7'").run();

    assertThat(outcome.out()).isEqualTo("result\n");
    assertThat(outcome.err()).isEqualTo("problem\n");
    assertThat(outcome.exitCode()).isEqualTo(7);
  }

  @Test
  void copiesFiles() throws Exception {
    Path file = RandomFile.create(folder.resolve("file"), 3, COUNT);
    Path there = folder.resolve("there");
    Path back = folder.resolve("back");
    String scp = Externals.program("scp");

    program(scp, "-q", "-F", config.toString(), file.toString(), HOST + ":" + there).succeed();
    assertThat(RandomFile.digest(there)).isEqualTo(RandomBytes.digest(3, COUNT));

    program(scp, "-q", "-F", config.toString(), HOST + ":" + there, back.toString()).succeed();
    assertThat(RandomFile.digest(back)).isEqualTo(RandomBytes.digest(3, COUNT));
  }

  @Test
  void sharesOneTunnelBetweenSessions() throws Exception {
    String control = "ControlPath=" + serverFolder.resolve("master");
    try (ProgramRun master = ssh("-o", control, "-M", "-N", HOST).start()) {
      Await.until(() -> Files.exists(serverFolder.resolve("master")));
      assertThat(ssh("-o", control, HOST, "echo one").succeed()).isEqualTo("one\n");
      assertThat(ssh("-o", control, HOST, "echo two").succeed()).isEqualTo("two\n");
      assertThat(cloud.service().requestCount()).isEqualTo(1);

      ssh("-o", control, "-O", "exit", HOST).succeed();
      // The exit code of ssh after "-O exit", also without a tunnel.
      assertThat(master.await().exitCode()).isEqualTo(255);
    }
  }

  @Test
  void clonesRepository() throws Exception {
    String git = Externals.program("git");
    Path origin = folder.resolve("origin");
    program(git, "init", "-q", origin.toString()).succeed();
    Files.writeString(origin.resolve("file"), "text");
    program(git, "-C", origin.toString(), "add", "file").succeed();
    program(
            git,
            "-C",
            origin.toString(),
            "-c",
            "user.name=n",
            "-c",
            "user.email=e@example.com",
            "commit",
            "-q",
            "-m",
            "first")
        .succeed();

    program(git, "clone", "-q", HOST + ":" + origin, folder.resolve("clone").toString())
        .variable("GIT_SSH_COMMAND", Externals.program("ssh") + " -F " + config)
        .succeed();

    assertThat(folder.resolve("clone/file")).hasContent("text");
  }

  /** The session is idle, so that nothing is written to the broken pipe. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void killedClientClosesTunnel() throws Exception {
    String command = PackagedProgram.stdio(server.serviceAddress()) + " --half-close-timeout=10m";
    try (ProgramRun ssh =
        ssh("-o", "ProxyCommand=" + command, HOST, "echo ready; exec sleep 1000").start()) {
      Await.until(() -> "ready\n".equals(printed(ssh)));

      List<ProcessHandle> tunnels = ssh.killAlone();

      assertThat(tunnels).isNotEmpty();
      try {
        Await.until("the end of " + tunnels, () -> TestProcess.haveEnded(tunnels));
      } finally {
        tunnels.forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  private static String printed(ProgramRun program) {
    try {
      return program.printed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void rejectedTunnelFailsClientWithMessage() throws Exception {
    cloud.service().device(Cloud.DEVICE).disconnect();

    Outcome outcome = ssh(HOST, "true").run();

    assertThat(outcome.exitCode()).isEqualTo(255);
    assertThat(outcome.err()).contains("tunnel: the cloud rejected the tunnel to", "404");
  }
}
