package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.testing.TunnelService;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that sends data and closes immediately, through a listener and through a stream. */
final class UploadAndClose implements PressureCase {
  private static final long SEED = 4;
  private static final long BYTES = 8 << 20;

  @Override
  public String name() {
    return "upload-and-close";
  }

  @Override
  public String what() {
    return "8 MiB upload and immediate close";
  }

  @Override
  public String bar() {
    return "the service receives every byte, then the end of the stream";
  }

  /** The bytes that the service received up to the end of the stream. */
  private record Arrival(Digest digest, long nanoTime) {}

  @Override
  public Outcome run(Scale scale) throws Exception {
    BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    Findings findings = new Findings();
    try (TcpService service =
            TcpService.start(
                socket ->
                    arrivals.add(
                        new Arrival(Digest.of(socket.getInputStream()), System.nanoTime())));
        TunnelService cloud = Rig.cloud(service.address());
        TunnelClient client = Rig.client(cloud.uri()).build();
        TunnelListener listener = Rig.listen(client)) {
      try (Socket socket = Local.connect(listener.localAddress())) {
        new RandomBytes(SEED, BYTES).transferTo(socket.getOutputStream());
      }
      describe(findings, "listener", System.nanoTime(), take(arrivals));
      try (TunnelStream stream = client.open()) {
        new RandomBytes(SEED, BYTES).transferTo(stream.outputStream());
      }
      describe(findings, "stream", System.nanoTime(), take(arrivals));
      return findings.outcome();
    }
  }

  private static @Nullable Arrival take(BlockingQueue<Arrival> arrivals)
      throws InterruptedException {
    return arrivals.poll(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS);
  }

  private static void describe(
      Findings findings, String name, long closedAt, @Nullable Arrival arrival) {
    if (arrival == null) {
      findings.require(false, "%s: no orderly end of the stream", name);
      return;
    }
    findings
        .require(arrival.digest().equals(RandomBytes.digest(SEED, BYTES)), "%s: bytes differ", name)
        .saw(
            "%s: %d of %d bytes, end of the stream %.1f s after close returned",
            name,
            arrival.digest().count(),
            BYTES,
            Math.max(0, Await.seconds(arrival.nanoTime() - closedAt)));
  }
}
