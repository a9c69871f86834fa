package io.github.devicetunnel.benchmarks.compare;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A measurement of a peer, with one value per row. */
enum Measure {
  UP("upload MB/s", "CPU s of the peer, upload") {
    @Override
    double[] run(RunningPeer peer, Size size) throws IOException {
      return throughput(peer, size.bytes(), LoadService.TAKE, size.bytes());
    }
  },

  DOWN("download MB/s", "CPU s of the peer, download") {
    @Override
    double[] run(RunningPeer peer, Size size) throws IOException {
      return throughput(peer, size.bytes(), LoadService.SEND, size.bytes());
    }
  },

  MANY("8 connections, both ways MB/s", "CPU s of the peer, 8 connections") {
    @Override
    double[] run(RunningPeer peer, Size size) throws IOException {
      long each = size.bytes() / CONNECTIONS;
      long cpu = peer.cpuMillis();
      long began = System.nanoTime();
      inParallel(CONNECTIONS, () -> transfer(peer, LoadService.BOTH, each));
      double seconds = (System.nanoTime() - began) / 1e9;
      return new double[] {
        2 * CONNECTIONS * each / 1e6 / seconds, (peer.cpuMillis() - cpu) / 1000.0
      };
    }
  },

  PING("1 B round trip, p50 µs", "1 B round trip, p99 µs", "CPU µs of the peer, 1 B round trip") {
    @Override
    double[] run(RunningPeer peer, Size size) throws IOException {
      return roundTrips(peer, size.pings(), 1);
    }
  },

  PING1K(
      "1 KiB round trip, p50 µs",
      "1 KiB round trip, p99 µs",
      "CPU µs of the peer, 1 KiB round trip") {
    @Override
    double[] run(RunningPeer peer, Size size) throws IOException {
      return roundTrips(peer, size.pings(), 1024);
    }
  },

  CONNECT("connections/s, 16 at once", "CPU ms of the peer, connection") {
    @Override
    double[] run(RunningPeer peer, Size size) throws IOException {
      AtomicInteger left = new AtomicInteger(size.connections());
      long cpu = peer.cpuMillis();
      long began = System.nanoTime();
      inParallel(
          16,
          () -> {
            while (left.decrementAndGet() >= 0) {
              liveOnce(peer);
            }
          });
      double seconds = (System.nanoTime() - began) / 1e9;
      return new double[] {
        size.connections() / seconds, (peer.cpuMillis() - cpu) / (double) size.connections()
      };
    }
  };

  private static final int CONNECTIONS = 8;

  /**
   * The size of the load.
   *
   * @param bytes the number of bytes in one direction
   * @param pings the number of sequential round trips
   * @param connections the total number of connections
   */
  record Size(long bytes, int pings, int connections) {}

  private interface Load {
    void run() throws IOException;
  }

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> rows;

  Measure(String... rows) {
    this.rows = List.of(rows);
  }

  List<String> rows() {
    return rows;
  }

  /** Measures once and returns one value per row. */
  abstract double[] run(RunningPeer peer, Size size) throws IOException;

  private static double[] throughput(RunningPeer peer, long bytes, int order, long count)
      throws IOException {
    long cpu = peer.cpuMillis();
    long began = System.nanoTime();
    transfer(peer, order, count);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new double[] {bytes / 1e6 / seconds, (peer.cpuMillis() - cpu) / 1000.0};
  }

  private static void transfer(RunningPeer peer, int order, long count) throws IOException {
    try (Socket socket = peer.connect()) {
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      order(out, order, count);
      switch (order) {
        case LoadService.TAKE -> {
          LoadService.send(out, count);
          if (in.read() != 1) {
            throw new IOException("the service did not receive all bytes");
          }
        }
        case LoadService.SEND -> LoadService.take(in, count);
        default -> {
          Thread sender =
              Relays.thread(
                  "sender",
                  () -> {
                    try {
                      LoadService.send(out, count);
                    } catch (IOException e) {
                      Relays.close(socket);
                    }
                  });
          LoadService.take(in, count);
          sender.join();
        }
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static double[] roundTrips(RunningPeer peer, int count, int size) throws IOException {
    byte[] message = new byte[size];
    long[] nanos = new long[count];
    try (Socket socket = peer.connect()) {
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      order(out, LoadService.ECHO, 0);
      for (int i = 0; i < count / 4; i++) {
        roundTrip(out, in, message);
      }
      long cpu = peer.cpuMillis();
      for (int i = 0; i < count; i++) {
        long began = System.nanoTime();
        roundTrip(out, in, message);
        nanos[i] = System.nanoTime() - began;
      }
      cpu = peer.cpuMillis() - cpu;
      Arrays.sort(nanos);
      return new double[] {
        nanos[count / 2] / 1000.0, nanos[count * 99 / 100] / 1000.0, cpu * 1000.0 / count
      };
    }
  }

  private static void roundTrip(OutputStream out, InputStream in, byte[] message)
      throws IOException {
    out.write(message);
    int got = 0;
    while (got < message.length) {
      int read = in.read(message, got, message.length - got);
      if (read < 0) {
        throw new IOException("the connection ended during a round trip");
      }
      got += read;
    }
  }

  /**
   * Opens a connection and receives a byte from the service, which then closes, as most services
   * do. If only the client closed, the product would wait for a late reply. The end of the stream
   * is not awaited, because some peers do not forward it.
   */
  private static void liveOnce(RunningPeer peer) throws IOException {
    try (Socket socket = peer.connect()) {
      ask(socket.getInputStream(), socket.getOutputStream());
    }
  }

  /** Receives a byte from the service, which then closes. */
  static void ask(InputStream in, OutputStream out) throws IOException {
    order(out, LoadService.END, 0);
    if (in.read() != 1) {
      throw new IOException("the service did not answer");
    }
  }

  /** Requests an echo and receives one byte of it. */
  static void echoFirst(Socket socket) throws IOException {
    order(socket.getOutputStream(), LoadService.ECHO, 0);
    roundTrip(socket.getOutputStream(), socket.getInputStream(), new byte[1]);
  }

  private static void order(OutputStream out, int order, long count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.write(order);
    data.writeLong(count);
    out.write(bytes.toByteArray());
  }

  private static void inParallel(int threads, Load load) throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        tasks.add(
            () -> {
              load.run();
              return null;
            });
      }
      for (Future<Void> future : executor.invokeAll(tasks)) {
        future.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException(e);
    } finally {
      executor.shutdownNow();
    }
  }
}
