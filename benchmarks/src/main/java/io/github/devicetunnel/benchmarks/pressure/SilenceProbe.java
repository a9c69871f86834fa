package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;

/**
 * An idle listener connection and an idle stream, with pings every second, that wait for their end.
 * The connection shows how the local side is closed, and the stream reports the close reason.
 */
final class SilenceProbe implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final byte[] LINE = "still there?\n".getBytes(StandardCharsets.US_ASCII);

  /**
   * The observed ends.
   *
   * @param localMillis the time until the local side was closed; -1 if it was not
   * @param localEnd how the local side was closed
   * @param streamMillis the time until the stream failed; -1 if it did not
   * @param kind the kind of the stream's close reason
   * @param warned whether the warning of the listener has the same reason
   */
  record Seen(long localMillis, String localEnd, long streamMillis, String kind, boolean warned) {
    static Seen parse(String line) {
      Scanner words = new Scanner(line);
      return new Seen(
          words.nextLong(), words.next(), words.nextLong(), words.next(), words.nextBoolean());
    }

    String format() {
      return localMillis + " " + localEnd + " " + streamMillis + " " + kind + " " + warned;
    }

    Outcome judge() {
      return new Findings()
          .require(
              localMillis >= 0 && localMillis <= 12_000,
              "the local side was not closed within 12 s")
          .require(kind.equals("SILENT_CLOUD"), "the reason is not a silent cloud")
          .require(warned, "the listener logged no warning with this reason")
          .saw("local side closed by %s after %.1f s", localEnd, localMillis / 1000.0)
          .saw("stream failed after %.1f s with %s", streamMillis / 1000.0, kind)
          .outcome();
    }
  }

  private record End(long nanoTime, String how) {}

  private final TunnelClient client;
  private final Socket socket;
  private final TunnelStream stream;

  private SilenceProbe(TunnelClient client, Socket socket, TunnelStream stream) {
    this.client = client;
    this.socket = socket;
    this.stream = stream;
  }

  /** Opens the connection and the stream, and exchanges data on both. */
  static SilenceProbe open(String cloudUri) throws IOException {
    TunnelClient client =
        Rig.client(cloudUri).pingInterval(Duration.ofSeconds(1)).allowPlaintext(true).build();
    TunnelListener listener = Rig.listen(client);
    SilenceProbe probe =
        new SilenceProbe(client, Local.connect(listener.localAddress()), client.open());
    Local.echo(probe.socket, LINE);
    Local.echo(probe.stream.inputStream(), probe.stream.outputStream(), LINE);
    // Wait for the pong that confirms the line, so that no data is in flight.
    Await.pass(Duration.ofMillis(2500));
    return probe;
  }

  /**
   * Waits for both ends.
   *
   * @param line whether both send a line first
   */
  Seen watch(boolean line) throws Exception {
    Logs.clear();
    long start = System.nanoTime();
    CompletableFuture<End> local = Background.start("local-end", this::localEnd);
    CompletableFuture<End> streamEnd = Background.start("stream-end", this::streamEnd);
    if (line) {
      socket.getOutputStream().write(LINE);
      stream.outputStream().write(LINE);
    }
    End localSeen = orNever(local);
    End streamSeen = orNever(streamEnd);
    boolean warned =
        Await.until(
            Duration.ofSeconds(5),
            () -> Logs.warningsWith("ended: no data and no pong from the cloud for") > 0);
    return new Seen(
        millis(start, localSeen), localSeen.how, millis(start, streamSeen), streamSeen.how, warned);
  }

  private static End orNever(CompletableFuture<End> end) throws InterruptedException {
    try {
      return Await.result(end, LIMIT);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return new End(0, "nothing");
    }
  }

  private static long millis(long start, End end) {
    return end.nanoTime == 0 ? -1 : Duration.ofNanos(end.nanoTime - start).toMillis();
  }

  private End localEnd() {
    try {
      int b = socket.getInputStream().read();
      return new End(System.nanoTime(), b < 0 ? "end-of-stream" : "a-byte");
    } catch (IOException e) {
      return new End(System.nanoTime(), "reset");
    }
  }

  private End streamEnd() throws IOException {
    try {
      int b = stream.inputStream().read();
      return new End(System.nanoTime(), b < 0 ? "end-of-stream" : "a-byte");
    } catch (TunnelException e) {
      return new End(System.nanoTime(), e.reason().kind().name());
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
    socket.close();
    client.close(Duration.ZERO);
  }
}
