package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries an input and an output through an open tunnel, until it ends. */
final class StdioPump {
  private static final Logger LOG = LoggerFactory.getLogger(StdioPump.class);
  private static final int BUFFER = 64 << 10;

  /** Between two looks for a reader of the output. */
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
   * Returns how the tunnel ended, when it has. The input may still be waited for then, on a daemon
   * thread: nothing can end a read from a terminal or a pipe.
   */
  CloseReason run() {
    Thread up = new Thread(this::carryUp, "tunnel-stdio-up");
    up.setDaemon(true);
    up.start();
    carryDown();
    stream.close();
    return stream.whenClosed().toCompletableFuture().join();
  }

  /** Why the output could not be written to, null if it could. */
  @Nullable IOException outputFailure() {
    return outputFailure;
  }

  boolean inputEnded() {
    return inputEnded;
  }

  private void carryUp() {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = readInput(buffer); count >= 0; count = readInput(buffer)) {
        stream.outputStream().write(buffer, 0, count);
      }
      inputEnded = true;
      stream.shutdownOutput();
      watchReader();
    } catch (IOException e) {
      // The tunnel has ended; who reads from it tells why.
      LOG.debug("standard input is read no more", e);
    }
  }

  /**
   * Ends the tunnel when no process reads the output any more. A silent service causes no write,
   * and only a write would fail otherwise.
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

  /** What cannot be read is over. */
  private int readInput(byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      LOG.warn("standard input cannot be read: {}", e.getMessage());
      return -1;
    }
  }

  private void carryDown() {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = readTunnel(buffer); count >= 0; count = readTunnel(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      outputFailure = e;
    }
  }

  /** At any end, the tunnel itself knows which it was. */
  private int readTunnel(byte[] buffer) throws IOException {
    try {
      return stream.inputStream().read(buffer);
    } catch (TunnelException e) {
      return -1;
    }
  }
}
