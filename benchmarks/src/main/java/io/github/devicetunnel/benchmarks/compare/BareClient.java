package io.github.devicetunnel.benchmarks.compare;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/**
 * A minimal tunnel client without checks, pings, timeouts or clean closes. It shows the limits of
 * the cloud, the service and the load. Supports only ws.
 *
 * <p>Arguments: the port to listen on, and the URL of a connection.
 */
public final class BareClient {
  private static final int CHUNK = (64 << 10) - PlainFrames.HEADER;

  private BareClient() {}

  /** Serves until the process is killed. */
  public static void main(String[] args) throws Exception {
    URI url = URI.create(args[1]);
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress(Stage.loopback(), Integer.parseInt(args[0])), 1000);
      while (true) {
        Socket local = server.accept();
        Relays.thread("connection", () -> carry(local, url));
      }
    }
  }

  private static void carry(Socket accepted, URI url) {
    try (Socket local = accepted;
        Socket cloud = new Socket(url.getHost(), url.getPort())) {
      local.setTcpNoDelay(true);
      cloud.setTcpNoDelay(true);
      upgrade(cloud, url);
      Relays.thread("up", () -> carryUp(local, cloud));
      carryDown(cloud.getInputStream(), local.getOutputStream());
    } catch (IOException e) {
      // One of the ends has closed.
    }
  }

  private static void upgrade(Socket cloud, URI url) throws IOException {
    String request =
        "GET "
            + url.getRawPath()
            + " HTTP/1.1\r\nHost: "
            + url.getAuthority()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    cloud.getOutputStream().write(request.getBytes(ISO_8859_1));
    InputStream in = cloud.getInputStream();
    int matched = 0;
    while (matched < 4) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("no answer to the upgrade");
      }
      matched = read == "\r\n\r\n".charAt(matched) ? matched + 1 : read == '\r' ? 1 : 0;
    }
  }

  private static void carryUp(Socket local, Socket cloud) {
    try {
      InputStream in = local.getInputStream();
      OutputStream out = cloud.getOutputStream();
      byte[] buffer = new byte[PlainFrames.HEADER + CHUNK];
      int read;
      while ((read = in.read(buffer, PlainFrames.HEADER, CHUNK)) >= 0) {
        PlainFrames.write(out, PlainFrames.BINARY, buffer, read, true);
      }
    } catch (IOException e) {
      // One of the ends has closed.
    } finally {
      Relays.close(local, cloud);
    }
  }

  private static void carryDown(InputStream in, OutputStream out) throws IOException {
    PlainFrames.Reader frames = new PlainFrames.Reader(in);
    int length = frames.next();
    while (frames.opcode < PlainFrames.CLOSE) {
      out.write(frames.buffer(), frames.end() - length, length);
      length = frames.next();
    }
  }
}
