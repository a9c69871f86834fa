package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.process.StopSignals;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Delivers the signals that a test sends. */
public final class TestSignals implements StopSignals {
  private final BlockingQueue<Boolean> sent = new LinkedBlockingQueue<>();

  void send() {
    sent.add(false);
  }

  void sendReload() {
    sent.add(true);
  }

  @Override
  public void watch(boolean reloading) {}

  @Override
  public boolean awaitReload() throws InterruptedException {
    return sent.take();
  }
}
