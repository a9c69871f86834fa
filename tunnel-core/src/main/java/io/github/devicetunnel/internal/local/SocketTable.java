package io.github.devicetunnel.internal.local;

import io.github.devicetunnel.internal.concurrent.Daemons;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A reader for the kernel's table of TCP sockets, {@code /proc/net/tcp} and {@code tcp6} (proc(5)).
 * Without native code, only this table shows how many written bytes are still queued. Only this
 * table also shows whether a peer on the same machine has closed its socket or just ended its
 * output.
 *
 * <p>One read of the table serves all pending queries. The interval after a read is ten times its
 * duration, at least 50 ms and at most 1 s. The reads use less than a tenth of one processor,
 * however many connections end. See docs/rationale/ends.md.
 *
 * <p>Thread-safe. Methods do not block.
 */
final class SocketTable {
  /** The table of this machine. */
  static final SocketTable SYSTEM = new SocketTable(Path.of("/proc/net"));

  private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long MAX_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int INTERVAL_PER_READ = 10;
  private static final long THREAD_IDLE_SECONDS = 1;

  private static final Pattern SPACES = Pattern.compile(" +");

  // Indexes of the columns after the two addresses.
  private static final int STATE = 0;
  private static final int QUEUES = 1;
  private static final int INODE = 6;

  /** Prefix of an IPv4 address in an IPv6 socket (RFC 4291 section 2.5.5.2). */
  private static final String MAPPED_IPV4 =
      "0".repeat(16) + words(new byte[] {0, 0, (byte) 0xff, (byte) 0xff});

  /**
   * One end of a connection.
   *
   * @param state a value of the kernel's {@code tcp_states.h}
   * @param sendQueue number of bytes that were written and not acknowledged by the peer's system
   * @param receiveQueue number of bytes that were received and not read; an unread FIN counts as
   *     one
   * @param open whether a process has the socket open
   */
  record Row(int state, long sendQueue, long receiveQueue, boolean open) {
    private static final int CLOSE_WAIT = 8;

    /** Returns whether the peer has ended its output and this end has not. */
    boolean isInputEnded() {
      return state == CLOSE_WAIT;
    }
  }

  /**
   * Both ends of a connection.
   *
   * @param own null if the connection no longer exists, for example after a reset
   * @param peer null if the other end is on another machine or no longer exists
   */
  record Connection(@Nullable Row own, @Nullable Row peer) {}

  private static final class Batch {
    final Set<String> keys = new HashSet<>();
    final CompletableFuture<@Nullable Map<String, Row>> rows = new CompletableFuture<>();
  }

  private final Path folder;
  private final ScheduledThreadPoolExecutor reader;

  // Guarded by this.
  private @Nullable Batch pending;
  private long readableAt = System.nanoTime();

  /**
   * Creates a reader.
   *
   * @param folder contains {@code tcp} and {@code tcp6}
   */
  SocketTable(Path folder) {
    this.folder = folder;
    this.reader = new ScheduledThreadPoolExecutor(1, Daemons.factory("tunnel-socket-table"));
    reader.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
    reader.allowCoreThreadTimeOut(true);
  }

  /**
   * Queries the state of a connection at some time after this call.
   *
   * @return completed on the table's thread, which callbacks must not block; with null if the
   *     system has no such table
   */
  CompletableFuture<@Nullable Connection> find(InetSocketAddress local, InetSocketAddress remote) {
    String own = key(local, remote);
    String peer = key(remote, local);
    return plan(List.of(own, peer))
        .rows
        .thenApply(rows -> rows == null ? null : new Connection(rows.get(own), rows.get(peer)));
  }

  /**
   * Queries the other end of a connection as {@link #find} does. This is faster than a query of
   * both ends.
   *
   * @return completed with a connection whose own end is null
   */
  CompletableFuture<@Nullable Connection> findPeer(
      InetSocketAddress local, InetSocketAddress remote) {
    String peer = key(remote, local);
    return plan(List.of(peer))
        .rows
        .thenApply(rows -> rows == null ? null : new Connection(null, rows.get(peer)));
  }

  private synchronized Batch plan(List<String> keys) {
    Batch batch = pending;
    if (batch == null) {
      batch = new Batch();
      long delay = Math.max(0, readableAt - System.nanoTime());
      try {
        var unused = reader.schedule(this::readPending, delay, TimeUnit.NANOSECONDS);
        pending = batch;
      } catch (OutOfMemoryError e) {
        batch.rows.complete(null); // No thread could be started, so the state is unknown.
      }
    }
    batch.keys.addAll(keys);
    return batch;
  }

  private void readPending() {
    Batch batch;
    synchronized (this) {
      batch = pending;
      pending = null;
    }
    if (batch == null) {
      return;
    }
    long began = System.nanoTime();
    Map<String, Row> rows = null;
    try {
      Map<String, Row> found = new HashMap<>();
      read(folder.resolve("tcp"), batch.keys, found);
      if (found.size() < batch.keys.size()) {
        read(folder.resolve("tcp6"), batch.keys, found); // tcp6 contains dual-stack sockets.
      }
      rows = found;
    } catch (IOException e) {
      // The system has no such table or hides it.
    } finally {
      long now = System.nanoTime();
      synchronized (this) {
        readableAt = now + interval(now - began);
      }
      batch.rows.complete(rows);
    }
  }

  /**
   * Returns the interval until the next read. It is limited because a read takes longer than its
   * processor time on a busy machine.
   */
  private static long interval(long readNanos) {
    return Math.min(
        MAX_INTERVAL_NANOS, Math.max(MIN_INTERVAL_NANOS, INTERVAL_PER_READ * readNanos));
  }

  private static void read(Path table, Set<String> keys, Map<String, Row> found)
      throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
      String line = lines.readLine(); // the header
      while (line != null && found.size() < keys.size()) {
        parse(line, keys, found); // The header matches no key.
        line = lines.readLine();
      }
    } catch (NoSuchFileException e) {
      if (table.endsWith("tcp")) {
        throw e; // tcp6 may be absent.
      }
    }
  }

  /**
   * Parses a line: {@code sl: local remote state tx:rx timer retransmits uid timeout inode ...}.
   */
  private static void parse(String line, Set<String> keys, Map<String, Row> found) {
    int begin = line.indexOf(": ") + 2;
    int middle = line.indexOf(' ', begin);
    int end = line.indexOf(' ', middle + 1);
    if (begin < 2 || middle < 0 || end < 0) {
      return;
    }
    String key = unmapped(line.substring(begin, middle)) + unmapped(line.substring(middle, end));
    if (!keys.contains(key)) {
      return;
    }
    List<String> columns = SPACES.splitAsStream(line.substring(end + 1)).toList();
    if (columns.size() > INODE) {
      String queues = columns.get(QUEUES);
      int colon = queues.indexOf(':');
      found.put(
          key,
          new Row(
              Integer.parseInt(columns.get(STATE), 16),
              Long.parseLong(queues.substring(0, colon), 16),
              Long.parseLong(queues.substring(colon + 1), 16),
              !columns.get(INODE).equals("0")));
    }
  }

  private static String unmapped(String address) {
    int begin = address.startsWith(" ") ? 1 : 0;
    return address.startsWith(MAPPED_IPV4, begin)
        ? address.substring(0, begin) + address.substring(begin + MAPPED_IPV4.length())
        : address;
  }

  private static String key(InetSocketAddress from, InetSocketAddress to) {
    return address(from) + " " + address(to);
  }

  private static String address(InetSocketAddress address) {
    return words(address.getAddress().getAddress()) + ":" + hex(address.getPort(), 4);
  }

  /**
   * Returns an address as the kernel prints it: each 32 bits as one number in native byte order.
   */
  private static String words(byte[] address) {
    ByteBuffer buffer = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
    StringBuilder words = new StringBuilder();
    while (buffer.hasRemaining()) {
      words.append(hex(buffer.getInt(), 8));
    }
    return words.toString();
  }

  private static String hex(int number, int digits) {
    return HexFormat.of().withUpperCase().toHexDigits(number, digits);
  }
}
