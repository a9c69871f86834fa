package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A forwarder that makes a cloud available on a chosen address and port, and counts bytes. Ends of
 * streams and resets are forwarded. Buffers are small, because large system buffers would hide a
 * stall from the other end.
 */
final class Forwarder implements AutoCloseable {
  private final TcpService server;
  private final AtomicLong towardClient = new AtomicLong();
  private final AtomicLong towardCloud = new AtomicLong();

  private Forwarder(InetSocketAddress address, int cloudPort) throws IOException {
    this.server =
        TcpService.start(address, TcpService.SMALL_BUFFER, client -> carry(client, cloudPort));
  }

  static Forwarder start(InetSocketAddress address, int cloudPort) throws IOException {
    return new Forwarder(address, cloudPort);
  }

  String uri() {
    InetSocketAddress address = server.address();
    return "ws://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Returns the number of bytes forwarded from clients to the cloud. */
  long towardCloud() {
    return towardCloud.get();
  }

  long towardClient() {
    return towardClient.get();
  }

  private void carry(Socket client, int cloudPort) throws Exception {
    client.setSendBufferSize(TcpService.SMALL_BUFFER);
    try (Socket cloud = new Socket()) {
      cloud.setReceiveBufferSize(TcpService.SMALL_BUFFER);
      cloud.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), cloudPort));
      cloud.setTcpNoDelay(true);
      var down = Background.start("forward-down", () -> copy(cloud, client, towardClient));
      copy(client, cloud, towardCloud);
      down.get();
    }
  }

  private static Void copy(Socket from, Socket to, AtomicLong count) throws IOException {
    byte[] piece = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        out.write(piece, 0, length);
        count.addAndGet(length);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      Local.reset(from);
      Local.reset(to);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
