package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import io.github.devicetunnel.testing.TunnelService;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The cloud stops reading for a while. The product runs in a separate JVM whose heap is measured.
 */
final class CloudStopsReading implements PressureCase {
  private static final long SEED = 2;
  private static final long FLAT_KIB = 1024;

  @Override
  public String name() {
    return "cloud-stops-reading";
  }

  @Override
  public String what() {
    return "the cloud stops reading for 60 s in a 64 MiB upload";
  }

  @Override
  public String bar() {
    return "all bytes arrive; the heap does not grow";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    long bytes = Math.max(scale.mib(64), 24 << 20);
    Duration pause = scale.seconds(60, 12);
    AtomicLong arrived = new AtomicLong();
    AtomicLong written = new AtomicLong();
    CompletableFuture<Digest> sink = new CompletableFuture<>();
    try (TcpService service =
            TcpService.start(
                socket -> sink.complete(Digest.of(socket.getInputStream(), bytes, arrived::set)));
        TunnelService cloud = Rig.cloud(service.address());
        FaultProxy proxy = FaultProxy.start(cloud.uri());
        Product product = Product.start(proxy.uri(), 5, "-Xmx64m");
        LiveHeap heap = LiveHeap.of(product.jvm());
        Socket socket = Local.connect(product.address())) {
      CompletableFuture<Void> upload =
          Background.start(
              "upload",
              () -> {
                RandomBytes random = new RandomBytes(SEED, bytes);
                byte[] piece = new byte[16 << 10];
                for (int n = random.read(piece); n >= 0; n = random.read(piece)) {
                  socket.getOutputStream().write(piece, 0, n);
                  written.addAndGet(n);
                  if (written.get() == 4 << 20) {
                    proxy.faults(Direction.TOWARD_CLOUD).stall();
                  }
                }
                return null;
              });
      boolean full = Await.still(Duration.ofSeconds(30), Duration.ofSeconds(1), written::get);
      long stuckAt = written.get();
      long before = heap.kib();
      Await.pass(pause);
      long after = heap.kib();
      long movedMeanwhile = written.get() - stuckAt;
      proxy.faults(Direction.TOWARD_CLOUD).resume();
      Digest seen = Await.result(sink, Local.LIMIT);
      Await.result(upload, Local.LIMIT);
      long end = heap.kib();
      return new Findings()
          .require(full && stuckAt < bytes, "the upload did not stall")
          .require(seen.equals(RandomBytes.digest(SEED, bytes)), "bytes differ")
          .require(after - before <= FLAT_KIB, "the heap grew by %d KiB", after - before)
          .saw("%d MiB correct", seen.count() >> 20)
          .saw(
              "stalled for %d s at %.1f MiB, %d more bytes in this time",
              pause.toSeconds(), stuckAt / 1048576.0, movedMeanwhile)
          .saw("live heap %d KiB at the stall, %d KiB after, %d KiB at the end", before, after, end)
          .outcome();
    }
  }
}
