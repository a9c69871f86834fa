package io.github.devicetunnel.cli.process;

import io.github.devicetunnel.cli.failure.ExitCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The signals of this process. A shutdown hook would not suffice: it cannot detect a second signal,
 * and the main thread could not choose the exit code.
 */
final class ProcessSignals implements StopSignals {
  private static final String HANGUP = "HUP";
  private static final List<String> NAMES = List.of("INT", "TERM", HANGUP);

  private final SignalRequests requests = new SignalRequests();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile boolean hangup;

  @Override
  public void watch(boolean reloading) {
    for (String name : NAMES) {
      boolean reloads = reloading && name.equals(HANGUP);
      OsSignal.handle(
          name,
          reloads
              ? number -> requests.requestReload()
              : number -> stop(number, name.equals(HANGUP)));
    }
  }

  @Override
  public boolean awaitReload() throws InterruptedException {
    return requests.awaitReload();
  }

  @Override
  public CompletableFuture<Void> stop() {
    return requests.stop();
  }

  @Override
  public boolean isHangup() {
    return hangup;
  }

  private void stop(int number, boolean isHangup) {
    if (stopping.compareAndSet(false, true)) {
      hangup = isHangup;
      requests.requestStop();
    } else {
      Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
    }
  }
}
