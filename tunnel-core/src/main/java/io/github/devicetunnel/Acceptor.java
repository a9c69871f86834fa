package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import io.github.devicetunnel.internal.local.ListeningSocket;
import io.github.devicetunnel.internal.local.LocalSocket;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the connections of a listener on a thread of its own. The thread ends only when it is
 * stopped. See {@code docs/rationale/streams-and-listeners.md}.
 */
final class Acceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

  private static final long MIN_PAUSE_MILLIS = 10;
  private static final long MAX_PAUSE_MILLIS = 1000;

  /** Maximum time to wait for the preparation, which may read files of a slow disk. */
  private static final long MAX_PREPARATION_SECONDS = 2;

  /** Receives accepted connections. */
  interface Receiver {
    void accepted(LocalSocket local) throws IOException;

    /** Called before the thread waits, because the client has reached its maximum number. */
    void waiting(int maxConnections);

    /** Returns the name of the listener in messages. */
    @Override
    String toString();
  }

  private final ListeningSocket socket;
  private final Admission admission;
  private final Receiver receiver;

  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable CompletableFuture<Void> preparation;
  private volatile @Nullable Thread thread;
  private volatile Admission.@Nullable Permit waiting;

  /**
   * Creates an acceptor without starting its thread.
   *
   * @param admission the limit of the client's connections
   */
  Acceptor(ListeningSocket socket, Admission admission, Receiver receiver) {
    this.socket = socket;
    this.admission = admission;
    this.receiver = receiver;
  }

  /**
   * Starts the thread.
   *
   * @param prepared completed when the first connection can dial
   */
  void start(ConnectionThreads threads, String threadName, CompletableFuture<Void> prepared) {
    CompletableFuture<Void> own = prepared.copy();
    preparation = own;
    thread =
        threads.start(
            threadName,
            () -> {
              await(own);
              acceptConnections();
            });
  }

  /** Returns whether the thread accepts connections. */
  boolean isAccepting() {
    Thread started = thread;
    return !isStopping() && started != null && started.isAlive();
  }

  boolean isStopping() {
    return stopping.getCount() == 0;
  }

  /** Stops the thread when the socket is closed. Does not wait. */
  void stop() {
    stopping.countDown();
    CompletableFuture<Void> own = preparation;
    if (own != null) {
      own.complete(null);
    }
    Admission.Permit turn = waiting;
    if (turn != null) {
      turn.close();
    }
  }

  /**
   * Waits for the thread, which may be starting a last connection. The thread no longer blocks, so
   * the wait is short.
   */
  void awaitEnd() {
    Thread started = thread;
    if (started == null || started == Thread.currentThread()) {
      return;
    }
    try {
      started.join(MAX_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for the preparation, for which the first dial would wait too. Connections accepted before
   * it could take the file descriptors that it needs.
   */
  private static void await(CompletableFuture<Void> prepared) {
    try {
      prepared.get(MAX_PREPARATION_SECONDS, TimeUnit.SECONDS);
    } catch (Throwable e) {
      // The dial fails for the same reason and reports it.
    }
  }

  private void acceptConnections() {
    long pause = MIN_PAUSE_MILLIS;
    while (!isStopping()) {
      try {
        if (awaitRoom()) {
          receiver.accepted(socket.accept());
        }
        pause = MIN_PAUSE_MILLIS;
      } catch (Throwable e) {
        // Usually too many open files or threads, until connections end.
        recover(e, pause);
        pause = Math.min(pause * 2, MAX_PAUSE_MILLIS);
      }
    }
  }

  /**
   * Waits until the client has fewer connections than its limit. Releases the permit before the
   * accept, which can block forever and would withhold the permit from other listeners. Returns
   * false when the acceptor is stopping.
   */
  private boolean awaitRoom() {
    try (Admission.Permit turn = admission.request()) {
      if (!turn.isAdmitted()) {
        receiver.waiting(turn.limit());
        waiting = turn;
        while (!isStopping() && !turn.isAdmitted()) {
          turn.await(Long.MAX_VALUE);
        }
      }
    } catch (InterruptedException e) {
      // Not expected: only stopping ends this thread. The next turn waits again.
    } finally {
      waiting = null;
    }
    return !isStopping();
  }

  /** Reports a failure and pauses instead of spinning. Never throws. */
  private void recover(Throwable failure, long pause) {
    if (isStopping()) {
      return;
    }
    SafeLog.log(
        () ->
            LOG.warn(
                "{} could not accept a connection: {}; retrying in {} ms",
                receiver,
                failure.getMessage(),
                pause));
    try {
      boolean unused = stopping.await(pause, TimeUnit.MILLISECONDS);
    } catch (Throwable e) {
      // An interrupt, or no memory to wait.
    }
  }
}
