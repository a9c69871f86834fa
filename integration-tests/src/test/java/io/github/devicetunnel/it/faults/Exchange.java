package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.RandomBytes;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** The local client's side of one {@link Traffic} with a {@link TrafficService}. */
final class Exchange implements Closeable {
  /** More bytes than any test transfers. */
  static final long ENDLESS = 1L << 40;

  private static final int SHA256_HEX = 64;

  private interface Transfer {
    void run() throws IOException;
  }

  private final String name;
  private final InputStream in;
  private final OutputStream out;
  private final Closeable connection;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  private CompletableFuture<CloseReason> whenClosed;
  private Traffic traffic = Traffic.IDLE;
  private long count;
  private CompletableFuture<Void> reading = new CompletableFuture<>();
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);

  private Exchange(String name, InputStream in, OutputStream out, Closeable connection) {
    this.name = name;
    this.in = new CountingInput(in);
    this.out = out;
    this.connection = connection;
  }

  static Exchange through(TunnelListener listener) throws IOException {
    Socket socket = LocalEnd.connect(listener);
    return new Exchange("listener", socket.getInputStream(), socket.getOutputStream(), socket);
  }

  static Exchange through(TunnelClient client) throws IOException {
    TunnelStream stream = client.open();
    Exchange exchange =
        new Exchange("stream", stream.inputStream(), stream.outputStream(), stream::close);
    exchange.whenClosed = stream.whenClosed().toCompletableFuture();
    return exchange;
  }

  /** Waits until a stream's tunnel has ended, and returns the close reason. */
  CloseReason closeReason() {
    Await.until(name + ": close reason", whenClosed::isDone);
    return whenClosed.join();
  }

  /** Sends one byte and reads it back. Afterwards the tunnel is open and no byte is in transit. */
  void probe() throws IOException {
    out.write(TrafficService.PROBE);
    assertThat(in.read()).as(name).isEqualTo(TrafficService.PROBE);
  }

  /** Starts a transfer on new threads. */
  void start(Traffic newTraffic, long bytes) throws IOException {
    traffic = newTraffic;
    count = bytes;
    ByteBuffer header = ByteBuffer.allocate(9).put(newTraffic.code).putLong(bytes);
    out.write(header.array());
    reading = run("read", this::read);
    if (newTraffic.sends()) {
      writing = run("write", this::write);
    }
  }

  private CompletableFuture<Void> run(String direction, Transfer transfer) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            transfer.run();
            done.complete(null);
          } catch (IOException | AssertionError e) {
            done.completeExceptionally(e);
          }
        };
    Thread thread = new Thread(task, "test-" + direction + "-" + name);
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private void read() throws IOException {
    if (traffic.receives()) {
      Digest digest = Digest.of(in, count);
      assertThat(digest.count()).as("bytes before the end of the stream").isEqualTo(count);
      assertThat(digest).isEqualTo(RandomBytes.digest(Traffic.DOWN_SEED, count));
    }
    if (traffic.sends()) {
      byte[] confirmation = in.readNBytes(SHA256_HEX);
      assertThat(confirmation).as("bytes before the end of the stream").hasSize(SHA256_HEX);
      assertThat(new String(confirmation, US_ASCII))
          .isEqualTo(RandomBytes.digest(Traffic.UP_SEED, count).sha256());
    }
    if (traffic == Traffic.IDLE) {
      int b = in.read();
      throw new AssertionError("the idle stream delivered " + b);
    }
    assertThat(in.read()).as("end of the stream").isEqualTo(-1);
  }

  private void write() throws IOException {
    RandomBytes bytes = new RandomBytes(Traffic.UP_SEED, count);
    byte[] piece = new byte[16 << 10];
    for (int length = bytes.read(piece); length >= 0; length = bytes.read(piece)) {
      out.write(piece, 0, length);
      sent.addAndGet(length);
    }
  }

  /** Waits until each direction of the traffic has transferred {@code bytes} bytes. */
  void awaitMoved(long bytes) {
    Await.until(
        "%s: %d bytes of the %s move".formatted(name, bytes, traffic),
        () ->
            (!traffic.sends() || sent.get() >= bytes)
                && (!traffic.receives() || received.get() >= bytes));
  }

  /** Sends one byte to an echo service. */
  void send(int b) throws IOException {
    out.write(b);
  }

  /** Waits until the transfer is complete, and asserts that every byte was correct. */
  void assertComplete() {
    Await.until(name + ": writer", writing::isDone);
    Await.until(name + ": reader", reading::isDone);
    writing.join();
    reading.join();
  }

  /**
   * Returns the failure of the reader, and fails if the reader did not fail. The system reports the
   * reset of a socket only once: if the writer receives it, the reader sees the end of the stream,
   * and this method returns the failure of the writer.
   */
  Throwable failure() throws Exception {
    CompletableFuture<Void> both = CompletableFuture.allOf(reading, writing);
    Await.get(both.exceptionally(e -> null));
    Throwable readerFailure = reading.handle((done, e) -> e).get();
    Throwable writerFailure = writing.handle((done, e) -> e).get();
    if (readerFailure instanceof AssertionError && writerFailure instanceof IOException) {
      return writerFailure;
    }
    assertThat(readerFailure).as("%s: failure of the reader", name).isNotNull();
    return readerFailure;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  private final class CountingInput extends FilterInputStream {
    CountingInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      if (b >= 0) {
        received.incrementAndGet();
      }
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int number = super.read(bytes, offset, length);
      if (number > 0) {
        received.addAndGet(number);
      }
      return number;
    }
  }
}
