package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.cli.listen.Reporter;
import io.github.devicetunnel.cli.process.Colour;
import io.github.devicetunnel.cli.process.Daemons;
import io.github.devicetunnel.cli.process.Output;
import io.github.devicetunnel.cli.value.Bytes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A line at the bottom of the terminal with the number of connections and the data rates. */
public final class StatusLine implements Reporter {
  private static final long INTERVAL_MILLIS = 500;

  private final Output output;
  private final Activity activity;

  private @Nullable ScheduledExecutorService timer;
  private Activity.Totals last = Activity.Totals.NONE;
  private long lastNanos;

  public StatusLine(Output output, Activity activity) {
    this.output = output;
    this.activity = activity;
  }

  @Override
  public void ready(BooleanSupplier accepting) {
    lastNanos = System.nanoTime();
    ScheduledExecutorService running =
        Executors.newSingleThreadScheduledExecutor(Daemons.factory("status-line"));
    timer = running;
    // At a fixed rate, a run after a late one would follow at once and show the data rate of a
    // moment.
    ScheduledFuture<?> unused =
        running.scheduleWithFixedDelay(this::show, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void show() {
    long now = System.nanoTime();
    Activity.Totals totals = activity.totals();
    output.show(text(last, totals, now - lastNanos, output.hasColours()));
    last = totals;
    lastNanos = now;
  }

  /** Returns the line in ASCII, which every terminal displays. */
  static String text(Activity.Totals before, Activity.Totals now, long nanos, boolean colours) {
    String failed = now.failed() + " failed";
    return String.join(
        "  ",
        now.open() + " open, " + now.opened() + " total",
        "up " + flow(now.bytesUp() - before.bytesUp(), nanos, now.bytesUp()),
        "down " + flow(now.bytesDown() - before.bytesDown(), nanos, now.bytesDown()),
        now.failed() > 0 && colours ? Colour.RED.of(failed) : failed);
  }

  private static String flow(long bytes, long nanos, long total) {
    double perSecond = nanos <= 0 ? 0 : bytes * 1e9 / nanos;
    return Bytes.text(perSecond) + "/s (" + Bytes.text((double) total) + ")";
  }

  @Override
  public void close() {
    ScheduledExecutorService running = timer;
    if (running == null) {
      return;
    }
    running.shutdownNow();
    try {
      // Otherwise the timer could draw the line again.
      boolean unused = running.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    output.show("");
  }
}
