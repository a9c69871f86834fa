package io.github.devicetunnel.benchmarks.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A simulated network path with delay and loss on this machine. Packets sent to the far address
 * arrive at the near address after half a round trip, with the far address as their source. Replies
 * take the same path. Clients reach a server on the near address through the far address. The
 * kernel's TCP, including the handshake, is subject to the delay and the losses.
 *
 * <p>Packets are delayed or lost individually and are never reordered. The bandwidth is limited
 * only by the processors.
 */
public final class SlowPath implements AutoCloseable {
  /** Offset of the source address in the IPv4 header. */
  private static final int SOURCE = 12;

  private static final int DESTINATION = 16;

  private static final Path CONGESTION_CONTROL =
      Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

  private record Packet(ByteBuffer bytes, SocketAddress device, long due) {}

  private final long delayNanos;
  private final double loss;
  private final DatagramChannel channel;
  private final TunDevice device;
  private final BlockingQueue<Packet> onTheWay = new LinkedBlockingQueue<>();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  private SlowPath(Duration roundTrip, double loss) throws IOException {
    this.delayNanos = roundTrip.toNanos() / 2;
    this.loss = loss;
    this.channel = DatagramChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, TunDevice.UDP_BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, TunDevice.UDP_BUFFER);
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      this.device = TunDevice.make(((InetSocketAddress) channel.getLocalAddress()).getPort());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns why this machine does not support slow paths, as a sentence, or null if it does. */
  public static @Nullable String missing() {
    return TunDevice.missing();
  }

  /**
   * Creates a path.
   *
   * @param loss the fraction of packets that is lost, from 0 to 1, in each direction
   * @throws IOException if the path cannot be created
   */
  public static SlowPath open(Duration roundTrip, double loss) throws IOException {
    SlowPath path = new SlowPath(roundTrip, loss);
    start("slow-path-in", path::receive);
    start("slow-path-out", path::send);
    return path;
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the address that servers listen on. */
  public String near() {
    return device.near();
  }

  /** Returns the address that clients connect to. */
  public String far() {
    return device.far();
  }

  private void receive() {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer buffer = ByteBuffer.allocateDirect(65535);
    try {
      while (true) {
        SocketAddress from = channel.receive(buffer.clear());
        received.incrementAndGet();
        buffer.flip();
        if (buffer.get(0) >> 4 != 4) {
          continue; // IPv6 router solicitation
        }
        if (random.nextDouble() < loss) {
          lost.incrementAndGet();
          continue;
        }
        ByteBuffer packet = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
        // Swapping the addresses does not change the checksums.
        int source = packet.getInt(SOURCE);
        packet.putInt(SOURCE, packet.getInt(DESTINATION)).putInt(DESTINATION, source);
        onTheWay.add(new Packet(packet, from, System.nanoTime() + delayNanos));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void send() {
    try {
      while (true) {
        Packet packet = onTheWay.take();
        long left = packet.due - System.nanoTime();
        while (left > 0) {
          LockSupport.parkNanos(left);
          left = packet.due - System.nanoTime();
        }
        channel.send(packet.bytes, packet.device);
        sent.incrementAndGet();
      }
    } catch (IOException e) {
      // Closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the delay, the loss and the TCP congestion control, for the line above a table. */
  public String describe() throws IOException {
    return "%d ms, %s %% of packets lost each way, %s"
        .formatted(
            TimeUnit.NANOSECONDS.toMillis(2 * delayNanos),
            NumberFormat.getInstance(Locale.ROOT).format(100 * loss),
            Files.readString(CONGESTION_CONTROL).strip());
  }

  /**
   * Returns how many packets were carried, lost intentionally, and dropped because queues were too
   * short. Accurate only while no packets are in flight.
   */
  public String count() throws IOException {
    long elsewhere =
        device.counter("tx_packets")
            + device.counter("tx_dropped")
            + device.counter("rx_dropped")
            - received.get()
            + sent.get()
            - device.counter("rx_packets");
    return "the path forwarded %d packets, lost %d on purpose and %d to full queues"
        .formatted(sent.get(), lost.get(), elsewhere);
  }

  /**
   * Waits for three round trips, so that recently closed connections can finish, and removes the
   * path.
   */
  @Override
  public void close() throws IOException {
    // Otherwise the kernel would retransmit on other routes for minutes.
    long end = System.nanoTime() + 6 * delayNanos;
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    device.close();
    channel.close();
  }
}
