package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a dial may make its next attempt: for the end of a backoff, and while too many other
 * dials are in progress. Used by the thread that dials.
 */
final class DialTurns {
  /** Maximum time to wait for other dials of clients that share connections. */
  static final Duration MAX_WAIT = Duration.ofMinutes(1);

  /** Upper limit of {@code backoffWait}, and the wait of a retry. */
  private static final Duration MAX_BACKOFF_WAIT = Duration.ofDays(1);

  /** How long a success of another dial may go unnoticed. */
  private static final long MAX_SLEEP_NANOS = Duration.ofMillis(500).toNanos();

  /** Thrown if the wait for other dials timed out, was cancelled or interrupted. */
  static final class NoTurnException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Permission to make one attempt. */
  record Turn(Admission.Permit permit, Breakers.Pass pass) implements AutoCloseable {
    @Override
    public void close() {
      try {
        pass.close();
      } finally {
        permit.close();
      }
    }
  }

  private final SharedResources resources;
  private final Settings settings;
  private final DialCancellation cancellation;

  private Admission.@Nullable Permit admitted; // before the dial began
  private volatile @Nullable String waitingFor;

  DialTurns(SharedResources resources, Settings settings, DialCancellation cancellation) {
    this.resources = resources;
    this.settings = settings;
    this.cancellation = cancellation;
  }

  /** Uses a permit that was admitted before the dial began, for the first attempt. */
  void use(Admission.Permit permit) {
    admitted = permit;
  }

  /**
   * Waits for the next turn. The caller must close it.
   *
   * @param retry whether to wait as long as a backoff lasts, instead of at most {@code backoffWait}
   * @throws BackoffException if the backoff lasts longer
   * @throws NoTurnException if the wait for other dials timed out, was cancelled or interrupted
   */
  Turn await(boolean retry) throws BackoffException, NoTurnException {
    long deadline = System.nanoTime() + backoffWait(retry).toNanos();
    String token = settings.credentials().fixedToken();
    try {
      while (true) {
        awaitBackoff(deadline, token);
        Admission.Permit permit = awaitPermit();
        Turn turn = null;
        try {
          Breakers.Pass pass =
              resources.breakers().tryEnter(settings.cloudUri(), settings.target(), token);
          turn = pass == null ? null : new Turn(permit, pass);
        } finally {
          if (turn == null) {
            permit.close(); // another dial has failed meanwhile, or is the probe
          }
        }
        if (turn != null) {
          waitingFor = null;
          return turn;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoTurnException();
    }
  }

  private Duration backoffWait(boolean retry) {
    Duration wait = settings.timeouts().backoffWait();
    return retry || wait.compareTo(MAX_BACKOFF_WAIT) > 0 ? MAX_BACKOFF_WAIT : wait;
  }

  private void awaitBackoff(long deadline, @Nullable String token)
      throws BackoffException, NoTurnException, InterruptedException {
    Breakers breakers = resources.breakers();
    long wait;
    while ((wait = breakers.waitNanos(settings.cloudUri(), settings.target(), token)) > 0) {
      waitingFor = "waiting after failed dials";
      BackoffStats state = breakers.delaying(settings.cloudUri(), settings.target(), token);
      long left = deadline - System.nanoTime();
      if (state != null && (left <= 0 || state.delay().toNanos() > left)) {
        throw BackoffException.of(state);
      }
      closeAdmitted(); // another dial may begin meanwhile
      if (!cancellation.sleep(Math.min(wait, MAX_SLEEP_NANOS))) {
        throw new NoTurnException();
      }
    }
  }

  private void closeAdmitted() {
    Admission.Permit permit = admitted;
    if (permit != null) {
      permit.close();
      admitted = null;
    }
  }

  private Admission.Permit awaitPermit() throws NoTurnException, InterruptedException {
    waitingFor = "waiting for other dials to end";
    Admission.Permit known = admitted;
    admitted = null;
    Admission.Permit permit = known == null ? resources.dials().request() : known;
    cancellation.beginStep(permit::withdraw);
    boolean isAdmitted = false;
    try {
      isAdmitted = permit.await(MAX_WAIT.toNanos());
    } finally {
      if (!isAdmitted) {
        permit.close();
      }
    }
    if (!isAdmitted) {
      throw new NoTurnException();
    }
    return permit;
  }

  /** Describes what this thread is waiting for, or was when it failed; otherwise null. */
  @Nullable String waitingFor() {
    return waitingFor;
  }
}
