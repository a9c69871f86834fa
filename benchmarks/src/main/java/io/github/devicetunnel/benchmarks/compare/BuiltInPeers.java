package io.github.devicetunnel.benchmarks.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The product, and peers that are part of the system. */
final class BuiltInPeers {
  private static final String SOCAT =
      "socat -b 65536 TCP-LISTEN:%s,fork,reuseaddr,bind=%s,backlog=512,nodelay TCP:%s,nodelay";

  private BuiltInPeers() {}

  /**
   * Returns the product on a given JDK. Creates its class data archive first; otherwise the first
   * start would create it during the measurement.
   */
  static Peer product(String name, String javaHome, Path root, Path key, boolean tls)
      throws IOException, InterruptedException {
    ProcessBuilder making = new ProcessBuilder(root.resolve("bin/tunnel").toString());
    making.environment().put("JAVA_HOME", javaHome);
    making.environment().put("TUNNEL_LAUNCHER_TASK", "make-archive");
    making.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    making.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = making.start();
    if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroy();
      throw new IOException("cannot create the class archive with " + javaHome);
    }
    return new Peer(
        name,
        "env JAVA_HOME="
            + javaHome
            + " "
            + root.resolve("bin/tunnel")
            + " --listen-uri=127.0.0.1:{port} --cloud-uri={url} --api-key-file="
            + key
            + (tls ? " --ca-file={ca}" : " --allow-plaintext"));
  }

  /** Returns socat with one hop, directly to the service. */
  static Peer socat() {
    return new Peer("socat", SOCAT.formatted("{port}", "127.0.0.1", "{service}"));
  }

  /**
   * Returns two socats with the path between them, with as many hops as a tunnel through the cloud.
   */
  static Peer twoSocats(Stage stage) throws IOException {
    int between = freePort(stage);
    return new Peer(
        "two socats",
        "sh -c '"
            + SOCAT.formatted(between, stage.near(), stage.near() + ":" + stage.servicePort())
            + " & exec "
            + SOCAT.formatted("{port}", "127.0.0.1", stage.far() + ":" + between)
            + "'");
  }

  static Peer bare() {
    return new Peer(
        "bare client",
        Path.of(System.getProperty("java.home"), "bin", "java")
            + " -XX:+UseSerialGC -cp '"
            + System.getProperty("java.class.path")
            + "' "
            + BareClient.class.getName()
            + " {port} {url}");
  }

  /**
   * Returns an OpenSSH client and server. The server is included in the processes and times of the
   * peer.
   */
  static Peer ssh(Workplace workplace) throws IOException, InterruptedException {
    Stage stage = workplace.stage();
    Path folder = workplace.folder();
    int port = freePort(stage);
    for (String key : List.of("host_key", "key")) {
      run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve(key).toString());
    }
    Path config =
        Files.writeString(
            folder.resolve("sshd_config"),
            """
            ListenAddress %2$s:%3$d
            HostKey %1$s/host_key
            AuthorizedKeysFile %1$s/key.pub
            PidFile none
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            """
                .formatted(folder, stage.near(), port));
    return new Peer(
        "ssh -L",
        "sh -c '/usr/sbin/sshd -D -f "
            + config
            + " & exec ssh -N -F none -i "
            + folder.resolve("key")
            + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
            // The server may not listen yet.
            + " -o ConnectionAttempts=20 -o ExitOnForwardFailure=yes -p "
            + port
            + " -L 127.0.0.1:{port}:"
            + stage.near()
            + ":"
            + stage.servicePort()
            + " "
            + stage.far()
            + "'");
  }

  private static int freePort(Stage stage) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(stage.near()))) {
      return socket.getLocalPort();
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(new ArrayList<>(List.of(command))).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(command[0] + " exited with code " + process.exitValue());
    }
  }
}
