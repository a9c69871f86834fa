package io.github.devicetunnel.it.drivers;

import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ServerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** OpenSSH's server for the user that runs the tests, with a generated key. */
final class SshServer implements AutoCloseable {
  static final String USER = System.getProperty("user.name");

  private final Path folder;
  private final ServerProgram program;

  private SshServer(Path folder, ServerProgram program) {
    this.folder = folder;
    this.program = program;
  }

  /** Starts a server with its files in a folder. */
  static SshServer started(Path folder) throws Exception {
    String sshd = Externals.program("sshd");
    boolean canSeparate = !USER.equals("root") || Files.isDirectory(Path.of("/run/sshd"));
    Externals.need(canSeparate, "sshd requires /run/sshd, which does not exist");
    createKey(folder, "host_key");
    createKey(folder, "key");
    Path config = Files.writeString(folder.resolve("config"), config(folder));
    return new SshServer(
        folder,
        ServerProgram.started(
            folder,
            "TERM",
            "Server listening on",
            port ->
                List.of(sshd, "-D", "-e", "-f", config.toString(), "-p", Integer.toString(port))));
  }

  private static void createKey(Path folder, String name) throws Exception {
    String file = folder.resolve(name).toString();
    String keygen = Externals.program("ssh-keygen");
    ProgramRun.in(folder, keygen, "-q", "-t", "ed25519", "-N", "", "-f", file).succeed();
  }

  private static String config(Path folder) {
    return """
        ListenAddress 127.0.0.1
        HostKey %1$s/host_key
        AuthorizedKeysFile %1$s/key.pub
        PidFile none
        UsePAM no
        StrictModes no
        PermitRootLogin yes
        Subsystem sftp internal-sftp
        """
        .formatted(folder);
  }

  /** Returns the private key of the user. */
  Path key() {
    return folder.resolve("key");
  }

  /** Returns the public key of the server, as in {@code known_hosts} without the host. */
  String hostKey() throws IOException {
    return ProgramRun.text(folder.resolve("host_key.pub")).strip();
  }

  String serviceAddress() {
    return program.serviceAddress();
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
