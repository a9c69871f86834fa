package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One client that aborts repeatedly, while other connections must not be affected. */
final class ConstantAborts implements PressureCase {
  private static final int OTHERS = 99;
  private static final long ABORT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long ECHO_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  @Override
  public String name() {
    return "constant-aborts";
  }

  @Override
  public String what() {
    return "one of a hundred clients aborts every 10 ms for a minute";
  }

  @Override
  public String bar() {
    return "the bytes of the other clients are correct";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    long end = System.nanoTime() + scale.seconds(60, 6).toNanos();
    try (TcpService service = TcpService.echo();
        TunnelService cloud = Rig.cloud(service.address());
        TunnelClient client = Rig.client(cloud.uri()).build();
        TunnelListener listener = Rig.listen(client)) {
      SocketAddress address = listener.localAddress();
      List<CompletableFuture<Long>> others = new ArrayList<>();
      for (int i = 0; i < OTHERS; i++) {
        int seed = i;
        others.add(Background.start("client-" + i, () -> echoUntil(address, seed, end)));
      }
      int aborts = abortUntil(address, end);
      int exact = 0;
      long bytes = 0;
      String failure = "";
      for (CompletableFuture<Long> other : others) {
        try {
          bytes += Await.result(other, Duration.ofSeconds(30));
          exact++;
        } catch (Exception e) {
          failure = e.toString();
        }
      }
      return new Findings()
          .require(exact == OTHERS, "another client failed: %s", failure)
          .saw("%d of %d correct by SHA-256, %d MiB in each direction", exact, OTHERS, bytes >> 20)
          .saw("%d aborts", aborts)
          .outcome();
    }
  }

  private static long echoUntil(SocketAddress address, int seed, long end) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    MessageDigest sent = Digest.newSha256();
    MessageDigest received = Digest.newSha256();
    long count = 0;
    try (Socket socket = Local.connect(address)) {
      while (System.nanoTime() - end < 0) {
        long next = System.nanoTime() + ECHO_NANOS;
        byte[] bytes = new byte[random.nextInt(1, 16 << 10)];
        random.nextBytes(bytes);
        sent.update(bytes);
        socket.getOutputStream().write(bytes);
        received.update(socket.getInputStream().readNBytes(bytes.length));
        count += bytes.length;
        Await.until(next);
      }
    }
    if (!Arrays.equals(sent.digest(), received.digest())) {
      throw new IOException("bytes differ");
    }
    return count;
  }

  /** Aborts connections before, during or after sending, sometimes while the echo arrives. */
  private static int abortUntil(SocketAddress address, long end) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    int aborts = 0;
    while (System.nanoTime() - end < 0) {
      long next = System.nanoTime() + ABORT_NANOS;
      try (Socket socket = Local.connect(address)) {
        byte[] bytes = new byte[random.nextInt(64 << 10)];
        switch (random.nextInt(3)) {
          case 0 -> socket.getOutputStream().write(bytes);
          case 1 -> {
            socket.getOutputStream().write(bytes, 0, 1);
            int unused = socket.getInputStream().read();
          }
          default -> {
            // Abort while the tunnel is being dialled or was just opened.
          }
        }
        Local.reset(socket);
        aborts++;
      }
      Await.until(next);
    }
    return aborts;
  }
}
