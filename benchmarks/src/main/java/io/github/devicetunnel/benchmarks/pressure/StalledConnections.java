package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import io.github.devicetunnel.testing.TunnelService;
import java.io.EOFException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Many connections that stall in the middle of a transfer, on either side. */
final class StalledConnections implements PressureCase {
  private static final int DOWNLOAD = 'd';
  private static final int UPLOAD = 'u';
  private static final long FLAT_KIB = 1024;

  @Override
  public String name() {
    return "stalled-connections";
  }

  @Override
  public String what() {
    return "200 connections whose local client stops reading, and 200 whose cloud stops, after full"
        + " speed; product with -Xmx128m";
  }

  @Override
  public String bar() {
    return "memory per connection is constant";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    int each = scale.count(200);
    AtomicLong moved = new AtomicLong();
    List<Socket> sockets = new ArrayList<>();
    try (TcpService service = TcpService.start(socket -> serve(socket, moved));
        TunnelService cloud = Rig.cloud(service.address());
        FaultProxy proxy = FaultProxy.start(cloud.uri());
        Product product = Product.start(proxy.uri(), 5, "-Xmx128m");
        LiveHeap heap = LiveHeap.of(product.jvm())) {
      open(product, sockets, UPLOAD);
      long idle = heap.kib();
      List<Socket> downloads = new ArrayList<>();
      List<Socket> uploads = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        downloads.add(open(product, sockets, DOWNLOAD));
        uploads.add(open(product, sockets, UPLOAD));
      }
      // Start transfers last; otherwise they would slow down the opening of connections.
      for (Socket download : downloads) {
        download.getOutputStream().write(DOWNLOAD);
      }
      for (Socket upload : uploads) {
        var unused = Background.start("upload", () -> endless(upload, moved));
      }
      Await.pass(Duration.ofSeconds(2));
      proxy.faults(Direction.TOWARD_CLOUD).stall();
      boolean still = Await.still(Duration.ofMinutes(1), Duration.ofSeconds(2), moved::get);
      long begin = heap.kib();
      Duration hold = scale.seconds(60, 6);
      Await.pass(hold);
      long end = heap.kib();
      int descriptors = product.jvm().descriptors();
      return new Findings()
          .require(still, "the connections did not stall")
          .require(end - begin <= FLAT_KIB, "the heap grew by %d KiB", end - begin)
          .require(descriptors >= 4 * each, "connections ended: %d descriptors remain", descriptors)
          .require(product.jvm().isAlive(), "the process has ended")
          .saw("%d connections", 2 * each)
          .saw("live heap %d KiB idle, %d KiB when all had stalled", idle, begin)
          .saw("%d KiB %d s later", end, hold.toSeconds())
          .saw("%.1f KiB of heap per connection", (end - idle) / (2.0 * each))
          .saw("%d threads, %d MiB resident", product.jvm().threads(), product.jvm().residentMib())
          .outcome();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Socket open(Product product, List<Socket> sockets, int what) throws Exception {
    Socket socket = Local.connect(product.address(), TcpService.SMALL_BUFFER);
    sockets.add(socket);
    socket.setSendBufferSize(TcpService.SMALL_BUFFER);
    socket.getOutputStream().write(what);
    // The answer of the service confirms that the tunnel is open end to end.
    if (socket.getInputStream().read() < 0) {
      throw new EOFException("a connection ended before its first byte");
    }
    return socket;
  }

  private static void serve(Socket socket, AtomicLong moved) throws Exception {
    int what = socket.getInputStream().read();
    socket.getOutputStream().write(what);
    if (what == DOWNLOAD && socket.getInputStream().read() == DOWNLOAD) {
      socket.setSendBufferSize(TcpService.SMALL_BUFFER);
      Void unused = endless(socket, moved);
    } else {
      long unused = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
  }

  private static Void endless(Socket socket, AtomicLong moved) throws Exception {
    byte[] piece = new byte[16 << 10];
    OutputStream out = socket.getOutputStream();
    while (!socket.isClosed()) {
      out.write(piece);
      moved.addAndGet(piece.length);
    }
    return null;
  }
}
