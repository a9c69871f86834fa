package io.github.devicetunnel.benchmarks.machine;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network device that exchanges its packets with a local UDP port, one packet per datagram. The
 * JDK cannot create such a device, so a socat process does. The device exists as long as the
 * process.
 */
final class TunDevice implements AutoCloseable {
  private static final Path TUN = Path.of("/dev/net/tun");

  /** CAP_NET_ADMIN of capabilities(7). */
  private static final int NET_ADMIN = 12;

  /** Maximum number of queued packets while socat does not run; further packets are lost. */
  private static final int QUEUE = 20_000;

  /** Socket buffer size in bytes, per direction; the system may limit it. */
  static final int UDP_BUFFER = 4 << 20;

  private final Process socat;
  private final String network;
  private final Path device;
  private final Runnable cleaner;

  private TunDevice(Process socat, String network, Path device) {
    this.socat = socat;
    this.network = network;
    this.device = device;
    this.cleaner = socat::destroy;
    Leftovers.register(cleaner);
  }

  /** Returns why this machine does not support the device, as a sentence, or null if it does. */
  static @Nullable String missing() {
    if (!Files.exists(TUN)) {
      return "a slow path requires " + TUN + ", which this system does not have";
    }
    try {
      if (!mayMakeDevices()) {
        return "a slow path requires permission to create network devices; run as root";
      }
      new ProcessBuilder("socat", "-V")
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .destroy();
      return null;
    } catch (IOException e) {
      return "a slow path requires socat, which cannot be run: " + e.getMessage();
    }
  }

  private static boolean mayMakeDevices() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("CapEff:"))
          .anyMatch(line -> (Long.parseLong(line.substring(7).strip(), 16) >> NET_ADMIN & 1) == 1);
    }
  }

  /**
   * Creates a device.
   *
   * @param port the UDP port that receives the packets
   * @throws IOException if the device cannot be created
   */
  static TunDevice make(int port) throws IOException {
    String network = freeNetwork();
    String name = "slow" + ProcessHandle.current().pid();
    Process socat =
        new ProcessBuilder(
                "socat",
                "-b",
                "65535",
                "TUN:" + network + "1/24,up,iff-no-pi,tun-type=tun,tun-name=" + name,
                "UDP4:127.0.0.1:%1$d,bind=127.0.0.1:0,rcvbuf=%2$d,sndbuf=%2$d"
                    .formatted(port, UDP_BUFFER))
            .redirectErrorStream(true)
            .start();
    TunDevice made = new TunDevice(socat, network, Path.of("/sys/class/net", name));
    try {
      made.awaitUp(name);
      Files.writeString(made.device.resolve("tx_queue_len"), Integer.toString(QUEUE));
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /**
   * Returns the first three octets of a network without a route, from the range reserved for
   * benchmarks (RFC 2544).
   */
  private static String freeNetwork() throws IOException {
    Stream<String> routes = Files.readAllLines(Path.of("/proc/net/route")).stream().skip(1);
    long[][] taken =
        routes
            .map(line -> line.split("\t", -1))
            .map(fields -> new long[] {address(fields[1]), address(fields[7])})
            .filter(route -> route[1] != 0)
            .toArray(long[][]::new);
    for (int i = 0; i < 256; i++) {
      // The process ID makes concurrent runs start at different networks.
      int number = (int) ((ProcessHandle.current().pid() + i) & 255);
      long first = (198L << 24) + (18 << 16) + (number << 8);
      if (Stream.of(taken).noneMatch(route -> overlap(first, route[0], route[1]))) {
        return "198.18." + number + ".";
      }
    }
    throw new IOException("no unused network in 198.18.0.0/16");
  }

  private static boolean overlap(long network, long destination, long mask) {
    long common = mask & 0xffffff00L;
    return (network & common) == (destination & common);
  }

  /**
   * Parses an address of the system's routing table: hexadecimal, in the byte order of the
   * processor.
   */
  private static long address(String digits) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(digits, 16)) & 0xffffffffL;
  }

  private void awaitUp(String name) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      NetworkInterface made = NetworkInterface.getByName(name);
      if (made != null && made.isUp() && made.inetAddresses().findAny().isPresent()) {
        return;
      }
      if (!socat.isAlive() || System.nanoTime() - end > 0) {
        socat.destroy();
        String said =
            new String(socat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        throw new IOException("socat cannot create the device: " + said);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Returns the address of this machine on the device. */
  String near() {
    return network + "1";
  }

  /** Returns an address that is routed to the device. */
  String far() {
    return network + "2";
  }

  /** Returns a counter of the device, as in {@code ip -statistics link}. */
  long counter(String name) throws IOException {
    return Long.parseLong(Files.readString(device.resolve("statistics").resolve(name)).strip());
  }

  @Override
  public void close() {
    socat.destroy();
    Leftovers.forget(cleaner);
  }
}
