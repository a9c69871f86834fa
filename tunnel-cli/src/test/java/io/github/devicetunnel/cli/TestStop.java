package io.github.devicetunnel.cli;

import java.util.concurrent.CountDownLatch;

/** Signals that a test sends. */
final class TestStop implements StopSignals {
  private final CountDownLatch sent = new CountDownLatch(1);

  void send() {
    sent.countDown();
  }

  @Override
  public void watch() {}

  @Override
  public void await() throws InterruptedException {
    sent.await();
  }
}
