package io.github.devicetunnel.benchmarks.compare;

import io.github.devicetunnel.benchmarks.machine.Leftovers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A running peer, usually in a separate process. */
final class RunningPeer implements AutoCloseable {
  private static final long LONGEST_START = TimeUnit.SECONDS.toNanos(120);

  private final Peer peer;
  private final @Nullable Process process;
  private final InetSocketAddress address;
  private final Runnable cleaner = this::end;
  private long startNanos;

  /**
   * The child processes at start: Ctrl-C also ends their parent, and they could not be found later.
   */
  private volatile List<ProcessHandle> firstChildren = List.of();

  private RunningPeer(Peer peer, @Nullable Process process, InetSocketAddress address) {
    this.peer = peer;
    this.process = process;
    this.address = address;
    Leftovers.register(cleaner);
  }

  static RunningPeer start(Peer peer, Stage stage, Path folder) throws IOException {
    int port = freePort();
    long began = System.nanoTime();
    Path log = folder.resolve(peer.name() + ".log");
    String command = peer.command(port, stage);
    if (command == null) {
      return new RunningPeer(peer, null, new InetSocketAddress(stage.far(), stage.servicePort()));
    }
    Process process =
        new ProcessBuilder("sh", "-c", "exec " + command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    RunningPeer running =
        new RunningPeer(peer, process, new InetSocketAddress(Stage.loopback(), port));
    while (!accepts(running.address)) {
      if (!process.isAlive() || System.nanoTime() - began > LONGEST_START) {
        running.close();
        throw new IOException(peer.name() + " does not listen:\n" + Files.readString(log));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
    running.startNanos = System.nanoTime() - began;
    running.firstChildren = process.descendants().toList();
    return running;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, Stage.loopback())) {
      return socket.getLocalPort();
    }
  }

  private static boolean accepts(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  Peer peer() {
    return peer;
  }

  /**
   * Returns the time from the start of the process until it accepted a connection, accurate to 2
   * ms.
   */
  long startNanos() {
    return startNanos;
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(address, 10_000);
    socket.setSoTimeout(60_000);
    return socket;
  }

  /** Returns the processor time of the process and its children, in milliseconds. */
  long cpuMillis() throws IOException {
    while (true) {
      try {
        return 10 * ticks();
      } catch (NoSuchFileException e) {
        // A child has just ended; its time is now included in that of its parent.
      }
    }
  }

  private long ticks() throws IOException {
    long ticks = 0;
    for (long pid : family()) {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      // User and system time of the process and of its ended children: proc(5), fields 14 to 17.
      for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(fields[i]);
      }
    }
    return ticks;
  }

  /** Returns the resident memory, in KiB. */
  long residentKib() throws IOException {
    long kib = 0;
    for (long pid : family()) {
      List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
      for (String line : lines) {
        if (line.startsWith("VmRSS:")) {
          kib += Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    return kib;
  }

  private List<Long> family() {
    if (process == null) {
      return List.of();
    }
    try (Stream<ProcessHandle> children = process.descendants()) {
      return Stream.concat(Stream.of(process.toHandle()), children)
          .map(ProcessHandle::pid)
          .filter(pid -> Files.exists(Path.of("/proc", Long.toString(pid))))
          .toList();
    }
  }

  @Override
  public void close() {
    end();
    Leftovers.forget(cleaner);
  }

  private void end() {
    if (process == null) {
      return;
    }
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    firstChildren.forEach(ProcessHandle::destroyForcibly);
  }
}
