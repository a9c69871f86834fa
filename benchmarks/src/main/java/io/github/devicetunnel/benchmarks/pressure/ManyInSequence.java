package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.testing.TunnelService;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Connections in sequence. Some are aborted, and some are closed by the client first. */
final class ManyInSequence implements PressureCase {
  private static final int ABORTED_OF = 10;
  private static final int LEAVING_OF = 50;
  private static final int WARM_UP = 200;

  /** A connection that the client closed first is kept for the half-close timeout. */
  private static final Duration SETTLING = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "many-in-sequence";
  }

  @Override
  public String what() {
    return "10,000 connections in sequence, a tenth of them aborted";
  }

  @Override
  public String bar() {
    return "descriptors and threads return to their initial numbers";
  }

  private record Usage(int descriptors, int threads) {
    static Usage of(Product product) {
      return new Usage(product.jvm().descriptors(), product.jvm().threads());
    }

    boolean isWithin(Usage other) {
      return descriptors <= other.descriptors && threads <= other.threads;
    }
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    int connections = scale.count(10_000);
    try (TcpService service = TcpService.start(ManyInSequence::serve);
        TunnelService cloud = Rig.cloud(service.address());
        Product product = Product.start(cloud.uri(), 5)) {
      int warmUpFailures = series(product.address(), WARM_UP);
      boolean settled =
          Await.until(SETTLING, () -> service.open() == 0)
              && Await.still(
                  SETTLING,
                  Duration.ofSeconds(3),
                  () -> product.jvm().descriptors() * 10_000L + product.jvm().threads());
      Usage start = Usage.of(product);
      long from = System.nanoTime();
      int failures = series(product.address(), connections);
      double took = Await.seconds(System.nanoTime() - from);
      Usage peak = Usage.of(product);
      boolean back = Await.until(SETTLING, () -> Usage.of(product).isWithin(start));
      Usage end = Usage.of(product);
      return new Findings()
          .require(settled, "descriptors and threads did not settle after the first %d", WARM_UP)
          .require(failures + warmUpFailures == 0, "%d exchanges failed", failures)
          .require(back, "more descriptors or threads after %d s", SETTLING.toSeconds())
          .require(product.jvm().isAlive(), "the process has ended")
          .saw("%d connections in %.1f s", connections, took)
          .saw(
              "descriptors %d -> %d at the last -> %d, threads %d -> %d -> %d",
              start.descriptors,
              peak.descriptors,
              end.descriptors,
              start.threads,
              peak.threads,
              end.threads)
          .outcome();
    }
  }

  private static int series(InetSocketAddress address, int connections) {
    SplittableRandom random = new SplittableRandom(5);
    int failures = 0;
    for (int i = 0; i < connections; i++) {
      byte[] bytes = new byte[random.nextInt(1, 4096)];
      random.nextBytes(bytes);
      try (Socket socket = Local.connect(address)) {
        if (i % ABORTED_OF == 0) {
          abort(socket, bytes, i / ABORTED_OF % 3);
        } else {
          exchange(socket, bytes, i % LEAVING_OF == 1);
        }
      } catch (IOException e) {
        failures++;
      }
    }
    return failures;
  }

  /** Aborts the connection before, during or after an exchange. */
  private static void abort(Socket socket, byte[] bytes, int when) throws IOException {
    if (when == 1) {
      request(socket, bytes, true);
    } else if (when == 2) {
      request(socket, bytes, true);
      byte[] unused = socket.getInputStream().readNBytes(bytes.length);
    }
    Local.reset(socket);
  }

  private static void exchange(Socket socket, byte[] bytes, boolean leaves) throws IOException {
    request(socket, bytes, leaves);
    byte[] back = socket.getInputStream().readNBytes(bytes.length);
    if (!Arrays.equals(back, bytes)) {
      throw new EOFException("the echo is incomplete");
    }
    if (!leaves && socket.getInputStream().read() >= 0) {
      throw new IOException("received more bytes than the echo");
    }
  }

  private static void request(Socket socket, byte[] bytes, boolean leaves) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeBoolean(leaves);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Echoes the request. Closes first, unless the client is about to close. */
  private static void serve(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    boolean leaves = in.readBoolean();
    socket.getOutputStream().write(in.readNBytes(in.readInt()));
    if (leaves && in.read() >= 0) {
      throw new IOException("received more bytes than announced");
    }
  }
}
