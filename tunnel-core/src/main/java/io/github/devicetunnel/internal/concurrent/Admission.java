package io.github.devicetunnel.internal.concurrent;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Limits the number of simultaneous holders. Further requests wait in their order. Thread-safe.
 *
 * <p>Unlike a {@link java.util.concurrent.Semaphore}, a waiting request can be withdrawn by another
 * thread.
 */
public final class Admission {
  private final int limit;

  // Guarded by this.
  private int admitted;
  private final Set<Permit> waiting = new LinkedHashSet<>();

  /**
   * Creates the limit.
   *
   * @param limit at least 1
   */
  public Admission(int limit) {
    this.limit = limit;
  }

  /** Requests admission. Does not wait. The caller must close the permit. */
  public synchronized Permit request() {
    Permit permit = new Permit();
    if (admitted < limit) {
      admit(permit);
    } else {
      waiting.add(permit);
    }
    return permit;
  }

  private void admit(Permit permit) {
    admitted++;
    permit.state = State.ADMITTED;
    permit.decided.countDown();
  }

  private synchronized void close(Permit permit) {
    boolean held = permit.state == State.ADMITTED;
    permit.state = State.CLOSED;
    permit.decided.countDown();
    if (!held) {
      waiting.remove(permit);
      return;
    }
    admitted--;
    Iterator<Permit> next = waiting.iterator();
    if (next.hasNext()) {
      Permit first = next.next();
      next.remove();
      admit(first);
    }
  }

  private enum State {
    WAITING,
    ADMITTED,
    CLOSED
  }

  /** A request for admission, which is waiting, admitted or closed. */
  public final class Permit implements AutoCloseable {
    private final CountDownLatch decided = new CountDownLatch(1);
    private State state = State.WAITING; // guarded by Admission.this

    private Permit() {}

    /** Returns whether this request was admitted and is not closed. */
    public boolean isAdmitted() {
      synchronized (Admission.this) {
        return state == State.ADMITTED;
      }
    }

    /**
     * Waits until this request is admitted or closed.
     *
     * @return false if the time passed first, or this request is closed
     */
    public boolean await(long nanos) throws InterruptedException {
      return isAdmitted() || (decided.await(nanos, TimeUnit.NANOSECONDS) && isAdmitted());
    }

    /** Closes a waiting request, and leaves an admitted one unchanged. */
    public void withdraw() {
      synchronized (Admission.this) {
        if (state == State.WAITING) {
          close();
        }
      }
    }

    /** Returns the maximum number of holders. */
    public int limit() {
      return limit;
    }

    /** Ends the admission, or withdraws a waiting request. Only the first call has an effect. */
    @Override
    public void close() {
      Admission.this.close(this);
    }
  }
}
