package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/**
 * A service end with a tunnel fault. It forwards a number of bytes in one direction and then
 * applies the fault, on the thread that forwards that direction.
 */
final class FaultyServiceEnd implements ServiceEnd {
  private final ServiceEnd delegate;
  private final FaultTrigger trigger;
  private final ClientEnd client;
  private final CountDownLatch stallOver = new CountDownLatch(1);
  private long remaining; // accessed only by the forwarding thread

  FaultyServiceEnd(ServiceEnd delegate, FaultTrigger trigger, ClientEnd client) {
    this.delegate = delegate;
    this.trigger = trigger;
    this.client = client;
    this.remaining = trigger.bytes();
  }

  /** Ends a stall, or prevents one that has not started. */
  void resume() {
    stallOver.countDown();
  }

  @Override
  public InputStream input() {
    return trigger.direction() == Direction.TOWARD_CLIENT ? new Input() : delegate.input();
  }

  @Override
  public OutputStream output() {
    return trigger.direction() == Direction.TOWARD_CLOUD ? new Output() : delegate.output();
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
   * Applies the fault. Returns once the stall has ended, or throws if the fault ended the tunnel.
   */
  private void applyFault() throws IOException {
    if (trigger.action() == null) {
      awaitResume();
      remaining = Long.MAX_VALUE;
    } else {
      trigger.action().accept(client);
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
      if (remaining == 0) {
        applyFault(); // Earlier bytes are already on their way to the client.
      }
      int count = in.read(bytes, offset, (int) Math.min(length, remaining));
      remaining -= Math.max(0, count);
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
      int passed = (int) Math.min(length, remaining);
      out.write(bytes, offset, passed);
      remaining -= passed;
      if (remaining == 0) {
        applyFault();
        out.write(bytes, offset + passed, length - passed);
      }
    }
  }
}
