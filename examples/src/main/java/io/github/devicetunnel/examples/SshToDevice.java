package io.github.devicetunnel.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import java.io.IOException;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.sftp.SFTPClient;

/**
 * Runs a command on a device and copies a file to it.
 *
 * <p>Arguments: the cloud URI, the device ID, the fingerprint of the host key (SHA256:…), the user,
 * the user's private key file, the command, the file to copy and its destination. The access key is
 * read from {@code TUNNEL_API_KEY}.
 */
public final class SshToDevice {
  public static void main(String[] args) throws IOException {
    try (TunnelClient client =
            TunnelClient.builder()
                .cloudUri(args[0])
                .credentials(Credentials.apiKey(requireNonNull(System.getenv("TUNNEL_API_KEY"))))
                .deviceId(args[1])
                .serviceAddress("127.0.0.1:22")
                .build();
        SSHClient ssh = new SSHClient()) {
      ssh.setSocketFactory(client.socketFactory());
      // All devices have the same host name here, so only the fingerprint identifies the device.
      ssh.addHostKeyVerifier(args[2]);
      ssh.connect("localhost");
      ssh.authPublickey(args[3], args[4]);
      System.out.print(output(ssh, args[5]));
      try (SFTPClient sftp = ssh.newSFTPClient()) {
        sftp.put(args[6], args[7]);
      }
      System.out.println("Copied " + args[6] + " to " + args[7]);
    }
  }

  private static String output(SSHClient ssh, String command) throws IOException {
    try (Session session = ssh.startSession()) {
      return new String(session.exec(command).getInputStream().readAllBytes(), UTF_8);
    }
  }
}
