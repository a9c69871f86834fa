package io.github.devicetunnel.internal.concurrent;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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

  private void close(Permit permit) {
    Runnable action = closeAndAdmitNext(permit);
    if (action != null) {
      action.run(); // without the lock
    }
  }

  private synchronized @Nullable Runnable closeAndAdmitNext(Permit permit) {
    boolean held = permit.state == State.ADMITTED;
    permit.state = State.CLOSED;
    permit.decided.countDown();
    if (!held) {
      waiting.remove(permit);
      return null;
    }
    admitted--;
    Iterator<Permit> next = waiting.iterator();
    if (!next.hasNext()) {
      return null;
    }
    Permit first = next.next();
    next.remove();
    admit(first);
    return first.onAdmitted;
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
    private @Nullable Runnable onAdmitted; // guarded by Admission.this

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

    /**
     * Sets the action to run when this request is admitted. Runs it at once if that has happened.
     * Otherwise the thread that ends another admission runs it, so it must not block or throw. Not
     * run if this request is closed first.
     */
    public void whenAdmitted(Runnable action) {
      synchronized (Admission.this) {
        if (state == State.WAITING) {
          onAdmitted = action;
        }
        if (state != State.ADMITTED) {
          return;
        }
      }
      action.run();
    }

    /**
     * Closes a waiting request, and leaves an admitted one unchanged.
     *
     * @return whether the request was waiting
     */
    public boolean withdraw() {
      synchronized (Admission.this) {
        if (state != State.WAITING) {
          return false;
        }
        close(); // admits no other request, so no action runs under the lock
        return true;
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
