package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.benchmarks.SoakService.Request;
import io.github.devicetunnel.testing.Cut;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The behaviour of one connection. A scenario throws an exception if the connection does not end as
 * expected.
 */
enum Scenario {
  /** Echoes a few bytes. */
  SHORT(40) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      try (LocalSide local = enter(bench, random)) {
        echo(local, random, 1 + random.nextInt(2000));
        expectEnd(local);
      }
    }
  },

  /** Uploads megabytes, optionally followed by a shutdown of the output. */
  BIG_UPLOAD(6) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      long count = 1 + random.nextLong(16 << 20);
      long seed = random.nextLong();
      try (LocalSide local = enter(bench, random)) {
        local.out().write(Request.TAKE.encode(count, 0));
        Payload.write(local.out(), seed, count);
        if (random.nextBoolean()) {
          local.shutdownOutput();
        }
        byte[] digest = local.in().readNBytes(Payload.DIGEST_LENGTH);
        check(
            Arrays.equals(digest, Payload.digest(seed, count)),
            "the service received different bytes");
        expectEnd(local);
      }
    }
  },

  /** Downloads megabytes until the service closes. */
  BIG_DOWNLOAD(6) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      download(bench, random, 1 + random.nextLong(16 << 20));
    }
  },

  /** The service sends at most two bytes and closes. */
  SERVICE_CLOSES(15) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      download(bench, random, random.nextInt(3));
    }
  },

  /** Exchanges small pieces for some seconds. */
  LONG(4) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      int rounds = 5 + random.nextInt(20);
      try (LocalSide local = enter(bench, random)) {
        local.out().write(Request.ECHO.encode(rounds * 100L, 0));
        for (int i = 0; i < rounds; i++) {
          exchange(local, random, 100);
          pause(random.nextInt(1000));
        }
        expectEnd(local);
      }
    }
  },

  /** Sends only pings for some seconds. */
  IDLE(4) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      try (LocalSide local = enter(bench, random)) {
        pause(random.nextInt(15_000));
        echo(local, random, 100);
        expectEnd(local);
      }
    }
  },

  /** The client aborts during a transfer. */
  ABORTED(15) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      try (LocalSide local = enter(bench, random)) {
        boolean sends = random.nextBoolean();
        long bytes = random.nextLong(1 << 20);
        local.out().write((sends ? Request.TAKE : Request.SEND).encode(ENDLESS, 1));
        if (sends) {
          Payload.write(local.out(), 1, bytes);
        } else {
          byte[] digest = Payload.digest(local.in(), bytes);
          check(Arrays.equals(digest, Payload.digest(1, bytes)), "received different bytes");
        }
        local.abort();
      }
    }
  },

  /** The network fails at a random time, starting with the dial. */
  CUT(10) {
    @Override
    void run(SoakBench bench, SplittableRandom random) throws IOException {
      Cut how = random.nextBoolean() ? Cut.RST : Cut.FIN;
      Direction direction = random.nextBoolean() ? Direction.TOWARD_CLOUD : Direction.TOWARD_CLIENT;
      try (FaultProxy proxy = FaultProxy.start(bench.cloudUri());
          TunnelClient client = bench.client().newBuilder().cloudUri(proxy.uri()).build();
          TunnelListener listener = client.listen(ANY_PORT)) {
        // Half of the failures happen during the upgrade or soon after it.
        long most = random.nextBoolean() ? 3000 : 1 << 20;
        proxy.faults(direction).cutAt(random.nextLong(most), how);
        boolean sends = direction == Direction.TOWARD_CLOUD;
        try {
          LocalSide local =
              random.nextBoolean() ? LocalSide.connect(listener) : LocalSide.open(client);
          try (local) {
            moveUntilItEnds(local, sends);
          }
        } catch (TunnelException e) {
          Kind kind = e.reason().kind();
          check(kind == Kind.CONNECTION_LOST || kind == Kind.DIAL_FAILED, e.reason().toString());
        } catch (SocketException e) {
          // Clients of a listener get a reset without a reason.
        }
      }
    }
  };

  private static final long ENDLESS = 1L << 40;

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final int weight;

  Scenario(int weight) {
    this.weight = weight;
  }

  abstract void run(SoakBench bench, SplittableRandom random) throws IOException;

  static Scenario any(SplittableRandom random) {
    int number = random.nextInt(Arrays.stream(values()).mapToInt(one -> one.weight).sum());
    for (Scenario scenario : values()) {
      number -= scenario.weight;
      if (number < 0) {
        return scenario;
      }
    }
    throw new IllegalStateException("the weights do not add up");
  }

  private static LocalSide enter(SoakBench bench, SplittableRandom random) throws IOException {
    return random.nextBoolean()
        ? LocalSide.connect(bench.listener())
        : LocalSide.open(bench.client());
  }

  private static void download(SoakBench bench, SplittableRandom random, long count)
      throws IOException {
    long seed = random.nextLong();
    try (LocalSide local = enter(bench, random)) {
      local.out().write(Request.SEND.encode(count, seed));
      byte[] digest = Payload.digest(local.in(), count);
      check(Arrays.equals(digest, Payload.digest(seed, count)), "received different bytes");
      expectEnd(local);
    }
  }

  private static void echo(LocalSide local, SplittableRandom random, int count) throws IOException {
    local.out().write(Request.ECHO.encode(count, 0));
    exchange(local, random, count);
  }

  private static void exchange(LocalSide local, SplittableRandom random, int count)
      throws IOException {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    local.out().write(bytes);
    check(Arrays.equals(local.in().readNBytes(count), bytes), "received different bytes");
  }

  /** Reads, and optionally writes, until the stream ends or fails. */
  private static void moveUntilItEnds(LocalSide local, boolean sends) throws IOException {
    local.out().write((sends ? Request.TAKE : Request.SEND).encode(ENDLESS, 1));
    // Write on another thread, because only a reader of a stream detects its end.
    FutureTask<Boolean> writing = new FutureTask<>(() -> sends && writeUntilItBreaks(local));
    Thread writer = new Thread(writing, "soak-writer");
    writer.setDaemon(true);
    writer.start();
    byte[] unused = new byte[64 << 10];
    while (local.in().read(unused) >= 0) {
      // discarded
    }
    // The kernel reports a reset only once, possibly to the writer.
    check(result(writing), "an aborted connection looks complete");
  }

  private static boolean writeUntilItBreaks(LocalSide local) {
    try {
      Payload.write(local.out(), 1, ENDLESS);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean result(FutureTask<Boolean> task) throws IOException {
    try {
      return task.get(1, TimeUnit.MINUTES);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IOException("the writer did not end", e);
    }
  }

  private static void expectEnd(LocalSide local) throws IOException {
    check(local.in().read() < 0, "received more bytes than expected");
  }

  private static void check(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
