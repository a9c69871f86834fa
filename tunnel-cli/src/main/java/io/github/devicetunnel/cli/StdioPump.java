package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.cli.process.Daemons;
import io.github.devicetunnel.cli.process.StandardOutput;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies bytes between an open tunnel and an input and output, until the tunnel ends. */
final class StdioPump {
  private static final Logger LOG = LoggerFactory.getLogger(StdioPump.class);
  private static final int BUFFER = 64 << 10;

  /** The interval between checks for a reader of the output. */
  private static final long READER_CHECK_MILLIS = 250;

  private final TunnelStream stream;
  private final InputStream in;
  private final StandardOutput out;
  private volatile boolean inputEnded;
  private volatile @Nullable IOException outputFailure;

  StdioPump(TunnelStream stream, InputStream in, StandardOutput out) {
    this.stream = stream;
    this.in = in;
    this.out = out;
  }

  /**
   * Copies until the tunnel has ended, and returns its close reason. A daemon thread may still be
   * blocked in a read of the input, because a read from a terminal or pipe cannot be cancelled.
   */
  CloseReason run() {
    Daemons.thread("tunnel-stdio-up", this::pumpUp).start();
    pumpDown();
    stream.close();
    return stream.whenClosed().toCompletableFuture().join();
  }

  /** Returns the failure to write the output, or null. */
  @Nullable IOException outputFailure() {
    return outputFailure;
  }

  boolean inputEnded() {
    return inputEnded;
  }

  private void pumpUp() {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = readInput(buffer); count >= 0; count = readInput(buffer)) {
        stream.outputStream().write(buffer, 0, count);
      }
      inputEnded = true;
      stream.shutdownOutput();
      watchReader();
    } catch (IOException e) {
      // The tunnel has ended. The reading thread reports the reason.
      LOG.debug("stopped reading standard input", e);
    }
  }

  /**
   * Closes the tunnel when the output has no reader any more. Otherwise only a write fails, and a
   * silent service causes none. See {@code docs/rationale/command-line.md}.
   */
  private void watchReader() {
    CompletableFuture<CloseReason> closed = stream.whenClosed().toCompletableFuture();
    while (!isDoneSoon(closed)) {
      try {
        out.checkReader();
      } catch (IOException e) {
        outputFailure = e;
        stream.close();
        return;
      }
    }
  }

  private static boolean isDoneSoon(CompletableFuture<?> future) {
    try {
      future.get(READER_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | InterruptedException e) {
      return true;
    }
  }

  /** Reads the input. Treats a failure as the end of the input. */
  private int readInput(byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      LOG.warn("standard input cannot be read: {}", e.getMessage());
      return -1;
    }
  }

  private void pumpDown() {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = readTunnel(buffer); count >= 0; count = readTunnel(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      outputFailure = e;
    }
  }

  /** Reads from the tunnel. Returns -1 at any end, because the tunnel knows its close reason. */
  private int readTunnel(byte[] buffer) throws IOException {
    try {
      return stream.inputStream().read(buffer);
    } catch (TunnelException e) {
      return -1;
    }
  }
}
