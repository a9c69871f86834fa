package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.testing.TunnelService;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A download with a local reader that is slow or pauses. */
final class SlowReader implements PressureCase {
  private static final long SEED = 1;
  private static final long BYTES_PER_SECOND = 400_000;

  @Override
  public String name() {
    return "slow-reader";
  }

  @Override
  public String what() {
    return "16 MiB read at 400 KB/s with 1 s pings; the same with a reader that pauses for 60 s";
  }

  @Override
  public String bar() {
    return "all bytes arrive";
  }

  private static final class Download {
    final AtomicLong written = new AtomicLong();
    final AtomicLong read = new AtomicLong();
    final AtomicLong mostAhead = new AtomicLong();
    volatile long nanos;

    void note(long count) {
      read.set(count);
      mostAhead.accumulateAndGet(written.get() - count, Math::max);
    }
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    long bytes = Math.max(scale.mib(16), 4 << 20);
    Duration pause = scale.seconds(60, 12);
    Download paced = new Download();
    Download paused = new Download();
    try (TcpService service = TcpService.start(socket -> send(socket, bytes, paced, paused));
        TunnelService cloud = Rig.cloud(service.address());
        Forwarder front = Forwarder.start(TcpService.anyPort(), URI.create(cloud.uri()).getPort());
        TunnelClient client = Rig.client(front.uri()).pingInterval(Duration.ofSeconds(1)).build();
        TunnelListener listener = Rig.listen(client)) {
      CompletableFuture<Digest> first = Background.start("paced", () -> readPaced(listener, paced));
      CompletableFuture<Digest> second =
          Background.start("paused", () -> readPaused(listener, paused, pause));
      Digest expected = RandomBytes.digest(SEED, bytes);
      Findings findings = new Findings();
      describe(findings, "paced", Await.result(first, Local.LIMIT), expected, paced);
      describe(
          findings,
          "paused " + pause.toSeconds() + " s",
          Await.result(second, Local.LIMIT),
          expected,
          paused);
      return findings.outcome();
    }
  }

  private static void describe(
      Findings findings, String name, Digest seen, Digest expected, Download download) {
    findings
        .require(seen.equals(expected), "%s: bytes differ", name)
        .saw(
            "%s: %.1f MiB correct in %.1f s, service at most %.1f MiB ahead",
            name,
            seen.count() / 1048576.0,
            Await.seconds(download.nanos),
            download.mostAhead.get() / 1048576.0);
  }

  /** Serves both downloads; the first byte from the client selects one. */
  private static void send(Socket socket, long bytes, Download paced, Download paused)
      throws Exception {
    socket.setSendBufferSize(TcpService.SMALL_BUFFER);
    Download download = socket.getInputStream().read() == 'p' ? paced : paused;
    OutputStream out = socket.getOutputStream();
    byte[] piece = new byte[16 << 10];
    RandomBytes random = new RandomBytes(SEED, bytes);
    for (int length = random.read(piece); length >= 0; length = random.read(piece)) {
      out.write(piece, 0, length);
      download.written.addAndGet(length);
    }
  }

  private static Digest readPaced(TunnelListener listener, Download download) throws Exception {
    long start = System.nanoTime();
    try (Socket socket = Local.connect(listener.localAddress(), TcpService.SMALL_BUFFER)) {
      socket.getOutputStream().write('p');
      Digest digest =
          Digest.of(
              socket.getInputStream(),
              Long.MAX_VALUE,
              count -> {
                download.note(count);
                Await.until(start + count * 1_000_000_000 / BYTES_PER_SECOND);
              });
      download.nanos = System.nanoTime() - start;
      return digest;
    }
  }

  private static Digest readPaused(TunnelListener listener, Download download, Duration pause)
      throws Exception {
    long start = System.nanoTime();
    boolean[] hasPaused = {false};
    try (Socket socket = Local.connect(listener.localAddress(), TcpService.SMALL_BUFFER)) {
      socket.getOutputStream().write('s');
      Digest digest =
          Digest.of(
              socket.getInputStream(),
              Long.MAX_VALUE,
              count -> {
                if (!hasPaused[0] && count > 64 << 10) {
                  hasPaused[0] = true;
                  Await.pass(pause);
                }
                download.note(count);
              });
      download.nanos = System.nanoTime() - start;
      return digest;
    }
  }
}
