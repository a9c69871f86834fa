package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/**
 * A service end with a fault. It carries a number of bytes in one direction and then triggers the
 * fault, on the thread that carries that direction.
 */
final class StruckService implements ServiceEnd {
  private final ServiceEnd delegate;
  private final Strike strike;
  private final ClientEnd client;
  private final CountDownLatch stallOver = new CountDownLatch(1);
  private long left; // accessed only by the carrying thread

  StruckService(ServiceEnd delegate, Strike strike, ClientEnd client) {
    this.delegate = delegate;
    this.strike = strike;
    this.client = client;
    this.left = strike.bytes();
  }

  /** Ends a stall, or prevents one that has not started. */
  void resume() {
    stallOver.countDown();
  }

  @Override
  public InputStream input() {
    return strike.direction() == Direction.TOWARD_CLIENT ? new Input() : delegate.input();
  }

  @Override
  public OutputStream output() {
    return strike.direction() == Direction.TOWARD_CLOUD ? new Output() : delegate.output();
  }

  @Override
  public void endOutput() throws IOException {
    resume(); // The client has gone.
    delegate.endOutput();
  }

  @Override
  public boolean isOutputEnded() {
    return delegate.isOutputEnded();
  }

  @Override
  public void close() {
    resume();
    delegate.close();
  }

  /**
   * Triggers the fault. Returns once the stall has ended, or throws if the fault ended the tunnel.
   */
  private void strike() throws IOException {
    if (strike.end() == null) {
      awaitResume();
      left = Long.MAX_VALUE;
    } else {
      strike.end().accept(client);
      delegate.close();
      throw new IOException("a fault of the test ended the tunnel");
    }
  }

  private void awaitResume() throws InterruptedIOException {
    try {
      stallOver.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private final class Input extends InputStream {
    private final InputStream in = delegate.input();

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        strike(); // Earlier bytes are already on their way to the client.
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }
  }

  private final class Output extends OutputStream {
    private final OutputStream out = delegate.output();

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int passed = (int) Math.min(length, left);
      out.write(bytes, offset, passed);
      left -= passed;
      if (left == 0) {
        strike();
        out.write(bytes, offset + passed, length - passed);
      }
    }
  }
}
