package io.github.devicetunnel.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Records the output of a program and waits for its lines. */
public final class Lines extends OutputStream {
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  @Override
  public synchronized void write(int b) {
    all.write(b);
    if (b == '\n') {
      lines.add(line.toString(Charset.defaultCharset()).stripTrailing());
      line.reset();
    } else {
      line.write(b);
    }
  }

  synchronized String all() {
    return all.toString(Charset.defaultCharset());
  }

  public String next() throws InterruptedException {
    String next = lines.poll(Await.LONG.toNanos(), TimeUnit.NANOSECONDS);
    if (next == null) {
      throw Await.expired("a further line after: " + all());
    }
    return next;
  }
}
