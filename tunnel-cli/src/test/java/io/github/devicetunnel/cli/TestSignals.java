package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.process.SignalRequests;
import io.github.devicetunnel.cli.process.StopSignals;
import java.util.concurrent.CompletableFuture;

/** Delivers the signals that a test sends. */
public final class TestSignals implements StopSignals {
  private final SignalRequests requests = new SignalRequests();
  private volatile boolean whenOpen;

  public void send() {
    requests.requestStop();
  }

  /** Sends the signal as soon as the program waits for one, so not while it starts. */
  void sendWhenOpen() {
    whenOpen = true;
  }

  void sendReload() {
    requests.requestReload();
  }

  @Override
  public void watch(boolean reloading) {}

  @Override
  public CompletableFuture<Void> stop() {
    return requests.stop();
  }

  @Override
  public boolean awaitReload() throws InterruptedException {
    if (whenOpen) {
      send();
    }
    return requests.awaitReload();
  }
}
