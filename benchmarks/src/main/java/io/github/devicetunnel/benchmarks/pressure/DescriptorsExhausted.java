package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** More clients than the process has file descriptors. */
final class DescriptorsExhausted implements PressureCase {
  private static final int CLIENTS = 400;
  private static final int AFTERWARDS = 20;
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final List<String> LIMITED =
      List.of("sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh");
  private static final byte[] LINE = "serve me\n".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String name() {
    return "descriptors";
  }

  @Override
  public String what() {
    return "descriptors exhausted (`ulimit -n 256`) with 400 clients";
  }

  @Override
  public String bar() {
    return "the process survives, and serves further clients when others leave";
  }

  /** The shared state of all clients. */
  private static final class Crowd {
    final AtomicInteger served = new AtomicInteger();
    final AtomicInteger brokenOff = new AtomicInteger();
    final AtomicBoolean over = new AtomicBoolean();
    final CountDownLatch leave = new CountDownLatch(1);
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    Crowd crowd = new Crowd();
    try (TcpService service = TcpService.echo();
        TunnelService cloud = Rig.cloud(service.address());
        Product product = Product.start(LIMITED, cloud.uri(), 5)) {
      for (int i = 0; i < CLIENTS; i++) {
        var unused = Background.start("client-" + i, () -> insist(product.address(), crowd));
      }
      // The clients that fit hold their connections; all others keep trying.
      boolean full = Await.still(Duration.ofMinutes(1), Duration.ofSeconds(5), crowd.served::get);
      int first = crowd.served.get();
      int descriptors = product.jvm().descriptors();
      boolean survives = product.jvm().isAlive();
      crowd.leave.countDown();
      long from = System.nanoTime();
      boolean all = Await.until(Duration.ofMinutes(2), () -> crowd.served.get() == CLIENTS);
      double took = Await.seconds(System.nanoTime() - from);
      crowd.over.set(true);
      int later = 0;
      for (int i = 0; i < AFTERWARDS; i++) {
        later += tryOnce(product.address());
      }
      List<String> complaints = product.jvm().complaints();
      return new Findings()
          .require(full && first < CLIENTS, "the limit was not reached")
          .require(survives && product.jvm().isAlive(), "the process has ended")
          .require(all, "only %d of %d clients were served", crowd.served.get(), CLIENTS)
          .require(later == AFTERWARDS, "%d of %d later clients were served", later, AFTERWARDS)
          .saw("%d served at a time with %d descriptors", first, descriptors)
          .saw("all %d served %.1f s after the first left", crowd.served.get(), took)
          .saw("%d kinds of warning: %s", complaints.size(), complaints)
          .saw("%d attempts failed and were repeated", crowd.brokenOff.get())
          .saw("then %d of %d in sequence", later, AFTERWARDS)
          .outcome();
    }
  }

  /**
   * Retries until the client is served once, then holds the connection until all clients may leave.
   */
  private static Void insist(InetSocketAddress address, Crowd crowd) throws Exception {
    while (!crowd.over.get()) {
      try (Socket socket = Local.connect(address)) {
        Local.echo(socket, LINE);
        crowd.served.incrementAndGet();
        crowd.leave.await();
        return null;
      } catch (IOException e) {
        crowd.brokenOff.incrementAndGet();
        Await.pass(Duration.ofMillis(500));
      }
    }
    return null;
  }

  private static int tryOnce(InetSocketAddress address) {
    try (Socket socket = Local.connect(address)) {
      socket.setSoTimeout((int) SOON.toMillis());
      Local.echo(socket, LINE);
      Local.reset(socket);
      return 1;
    } catch (IOException e) {
      return 0;
    }
  }
}
