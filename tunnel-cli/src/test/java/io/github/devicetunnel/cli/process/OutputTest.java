package io.github.devicetunnel.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.devicetunnel.Target;
import io.github.devicetunnel.cli.Await;
import io.github.devicetunnel.cli.ListenProcess;
import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Format;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.console.Redaction;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.report.JsonEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks the output while its reader is slow, stops, or closes it. */
class OutputTest {
  private static final Target TARGET =
      new Target("017b7fddb124724840c1c7b800000000", "127.0.0.1:80");

  private final Environment empty =
      new Environment(Map.of(), InputStream.nullInputStream(), new TestSignals());
  private final Gate reader = new Gate();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final Output output = Output.of(empty, reader, errors, StandardCharsets.UTF_8, false);
  private final Console console = new Console(output, Redaction.of(new String[0], empty));

  @AfterEach
  void stop() {
    reader.open();
    output.close();
  }

  /** Writes far more than the queue holds. The reader is blocked at first. */
  private void overflow(JsonEvents events, int count) {
    for (int i = 0; i < count; i++) {
      events.listening("127.0.0.1:" + i, TARGET);
    }
  }

  private static long dropped(String notice) {
    Map<String, Object> event = ListenProcess.object(notice);
    assertThat(event).containsOnlyKeys("event", "time", "count").containsEntry("event", "dropped");
    return (long) event.get("count");
  }

  @Test
  void keepsEventsInOrderAndCountsDroppedEvents() {
    int count = 40_000;
    console.log(LogLevel.WARN, Format.TEXT);
    JsonEvents events = new JsonEvents(console);
    overflow(events, count);
    reader.open();
    output.flush(Await.LONG);
    events.listening("last", TARGET);
    output.flush(Await.LONG);

    List<String> lines = reader.text().lines().toList();
    int kept = lines.size() - 2;
    assertThat(kept).isGreaterThan(10_000);
    for (int i = 0; i < kept; i++) {
      assertThat(lines.get(i)).contains("\"address\":\"127.0.0.1:" + i + "\"");
    }
    assertThat(dropped(lines.get(kept))).isEqualTo(count - kept);
    assertThat(lines.get(kept + 1)).contains("\"last\"");
    assertThat(reader.text().length()).isLessThan(OutputQueue.CAPACITY + 1000);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("WARN")
        .contains("dropped " + (count - kept) + " lines because standard output was not read");
  }

  @Test
  void blockedOutputDoesNotBlockStandardError() {
    console.print("a line that nobody reads");
    console.status("all is well");
    Await.until("a line on standard error", () -> errors.size() > 0);
    assertThat(errors.toString(StandardCharsets.UTF_8)).startsWith("all is well");
    assertThat(reader.text()).isEmpty();
  }

  @Test
  void exitWaitsForOneSecondInTotal() {
    console.print("a line that nobody reads");
    long start = System.nanoTime();
    output.flushAtEnd();
    long first = System.nanoTime();
    int flushes = 60;
    for (int i = 0; i < flushes; i++) {
      output.flushAtEnd();
    }
    long last = System.nanoTime();
    assertThat(Duration.ofNanos(first - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    // The bound is the time that it takes if each flush waits for a second.
    assertThat(Duration.ofNanos(last - first)).isLessThan(Duration.ofSeconds(flushes));
  }

  /** A result may take longer than other lines at the end. */
  @Test
  void resultWaitsForReader() throws Exception {
    Thread command = new Thread(() -> console.result("a result"), "command");
    command.setDaemon(true);
    command.start();
    command.join(1500);
    assertThat(command.isAlive()).isTrue();
    reader.open();
    command.join(Await.LONG.toMillis());
    assertThat(reader.text().strip()).isEqualTo("a result");
  }

  @Test
  void reportsClosedOutputOnce() {
    console.log(LogLevel.WARN, Format.TEXT);
    reader.fail();
    reader.open();
    console.print("one");
    console.print("two");
    output.flush(Await.LONG);
    output.flush(Await.LONG);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("standard output was closed");
  }

  /** A program such as {@code head} has read enough, which is no reason for a message. */
  @Test
  void outputClosedDuringResultEndsCommandSilently() {
    console.log(LogLevel.WARN, Format.TEXT);
    reader.fail();
    reader.open();
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> console.result("one"))
        .withMessage("")
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_ORDERLY));
    output.flush(Await.LONG);
    assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void survivesErrorInWrite() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    AtomicBoolean failed = new AtomicBoolean();
    OutputStream failsOnce =
        new OutputStream() {
          @Override
          public void write(int b) {
            if (failed.compareAndSet(false, true)) {
              throw new OutOfMemoryError("thrown by a test");
            }
            written.write(b);
          }
        };
    try (Output broken = Output.of(empty, failsOnce, errors, StandardCharsets.UTF_8, false)) {
      broken.out().println("lost");
      broken.out().println("written");
      long start = System.nanoTime();
      broken.flush(Await.LONG);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Await.LONG);
    }
    assertThat(written.toString(StandardCharsets.UTF_8).strip()).isEqualTo("written");
  }

  /** Blocks every write until it is opened. */
  private static final class Gate extends OutputStream {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile boolean failing;

    void open() {
      opened.countDown();
    }

    void fail() {
      failing = true;
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      try {
        Await.reached(opened);
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
      if (failing) {
        throw new IOException("Broken pipe");
      }
      bytes.write(buffer, offset, length);
    }
  }
}
