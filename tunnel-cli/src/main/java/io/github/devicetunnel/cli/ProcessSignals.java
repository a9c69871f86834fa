package io.github.devicetunnel.cli;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The signals of this process. A shutdown hook would not do: it cannot tell a second signal from
 * the first, nor let the main thread choose the exit code.
 */
final class ProcessSignals implements StopSignals {
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();

  @Override
  public void watch() {
    NAMES.forEach(name -> OsSignal.handle(name, this::received));
  }

  @Override
  public void await() throws InterruptedException {
    first.await();
  }

  private void received(int number) {
    if (stopping.compareAndSet(false, true)) {
      first.countDown();
    } else {
      Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
    }
  }
}
