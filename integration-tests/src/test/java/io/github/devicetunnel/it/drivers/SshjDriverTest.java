package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TunnelledSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.xfer.FileTransfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests sshj against OpenSSH's server through a tunnel. */
final class SshjDriverTest {
  private static final String HOST = "localhost";
  private static final long COUNT = 8 << 20;

  @TempDir static Path serverFolder;
  @AutoClose private static SshServer server;

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;
  private TunnelledSockets sockets;
  private SSHClient ssh;

  @BeforeAll
  static void startServer() throws Exception {
    server = SshServer.started(serverFolder);
  }

  @BeforeEach
  void connect() throws Exception {
    sockets = TunnelledSockets.to(server.serviceAddress());
    ssh = new SSHClient();
    ssh.loadKnownHosts(
        Files.writeString(folder.resolve("known_hosts"), HOST + " " + server.hostKey()).toFile());
    ssh.setSocketFactory(sockets.factory());
    ssh.connect(HOST);
    ssh.authPublickey(SshServer.USER, server.key().toString());
  }

  @AfterEach
  void disconnect() throws IOException {
    ssh.close();
    sockets.close();
  }

  @Test
  void remoteCommandReturnsOutputAndExitCode() throws Exception {
    try (Session session = ssh.startSession()) {
      Session.Command command = session.exec("sh -c 'echo result; echo problem >&2; exit 7'");
      assertThat(command.getInputStream().readAllBytes()).isEqualTo("result\n".getBytes(UTF_8));
      assertThat(command.getErrorStream().readAllBytes()).isEqualTo("problem\n".getBytes(UTF_8));
      command.join(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(command.getExitStatus()).isEqualTo(7);
    }
    assertThat(sockets.count()).isEqualTo(1);
  }

  @Test
  void copiesFilesBySftp() throws Exception {
    try (SFTPClient sftp = ssh.newSFTPClient()) {
      assertCopiesThereAndBack(sftp.getFileTransfer());
    }
  }

  @Test
  void copiesFilesByScp() throws Exception {
    assertCopiesThereAndBack(ssh.newSCPFileTransfer());
  }

  private void assertCopiesThereAndBack(FileTransfer transfer) throws IOException {
    Path file = RandomFile.create(folder.resolve("file"), 3, COUNT);
    Path there = folder.resolve("there");
    Path back = folder.resolve("back");
    transfer.upload(file.toString(), there.toString());
    assertThat(RandomFile.digest(there)).isEqualTo(RandomBytes.digest(3, COUNT));

    transfer.download(there.toString(), back.toString());
    assertThat(RandomFile.digest(back)).isEqualTo(RandomBytes.digest(3, COUNT));
  }
}
