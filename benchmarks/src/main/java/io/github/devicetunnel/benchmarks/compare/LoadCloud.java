package io.github.devicetunnel.benchmarks.compare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A tunnelling service in a separate process. It dials the service named in the path and carries
 * bytes with maximum throughput: two threads per connection, 64 KiB buffers, no checks.
 *
 * <p>Arguments: the address to listen on and, for wss, a PKCS#12 file and its password. The first
 * line of output is the port.
 */
public final class LoadCloud {
  private LoadCloud() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws Exception {
    ServerSocket server = args.length == 1 ? new ServerSocket() : secure(args);
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(args[0], 0), 1000);
    Relays.thread("accept", () -> accept(server));
    System.out.println(server.getLocalPort());
    // Ends with the parent process.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static ServerSocket secure(String[] args) throws GeneralSecurityException, IOException {
    char[] password = args[2].toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(Path.of(args[1]))) {
      store.load(file, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context.getServerSocketFactory().createServerSocket();
  }

  private static void accept(ServerSocket server) {
    while (true) {
      try {
        Socket client = server.accept();
        CloudConnection connection = new CloudConnection(client);
        Relays.thread("down", connection::serve);
      } catch (IOException e) {
        System.err.println("accept: " + e);
      }
    }
  }
}
