package io.github.devicetunnel.testing;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the handlers of tests, each on a separate thread. Thread-safe. */
final class Handlers {
  private static final Logger LOG = LoggerFactory.getLogger(Handlers.class);

  private final Workers workers;
  private final Ledger ledger;
  private final Set<RunningHandler> running = ConcurrentHashMap.newKeySet();

  Handlers(Workers workers, Ledger ledger) {
    this.workers = workers;
    this.ledger = ledger;
  }

  /** Starts a handler for one tunnel and returns the gateway end of the connection. */
  ServiceEnd start(TunnelName name, ConnectionHandler handler) throws IOException {
    RunningHandler task = new RunningHandler(name, handler);
    running.add(task);
    ledger.begin(task);
    try {
      workers.run(name.threadName("handler"), task);
    } catch (RejectedExecutionException e) {
      task.end();
      throw new IOException("the tunnelling service is closed", e);
    }
    return task.stream.gatewayEnd();
  }

  /** Interrupts all running handlers. Never blocks. */
  void interruptAll() {
    running.forEach(RunningHandler::interrupt);
  }

  /** Returns whether an exception only reports that the client has gone, which is not a failure. */
  private static boolean isClientGone(Throwable thrown) {
    return thrown instanceof ClientGoneException
        || thrown.getCause() instanceof ClientGoneException;
  }

  private final class RunningHandler implements Runnable, Ledger.Item {
    private final TunnelName name;
    private final ConnectionHandler handler;
    private final ServiceStream stream;
    private @Nullable Thread thread; // runs the handler; guarded by this
    private boolean interrupted; // guarded by this

    RunningHandler(TunnelName name, ConnectionHandler handler) {
      this.name = name;
      this.handler = handler;
      this.stream = new ServiceStream(name);
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // tests may throw anything, including AssertionError
    public void run() {
      setThread(Thread.currentThread());
      try {
        handler.handle(stream);
        stream.close();
      } catch (Throwable thrown) {
        handleFailure(thrown);
      } finally {
        clearThread();
        end();
      }
    }

    private void handleFailure(Throwable thrown) {
      stream.reset();
      if (isClientGone(thrown) || ledger.isClosed()) {
        LOG.debug("the handler of {} has ended: {}", name, thrown.toString());
      } else {
        LOG.warn("the handler of {} failed", name, thrown);
        ledger.recordFailure("the handler of " + name, thrown);
      }
    }

    private void end() {
      running.remove(this);
      ledger.end(this);
    }

    private synchronized void setThread(Thread current) {
      thread = current;
      if (interrupted) {
        current.interrupt();
      }
    }

    /** Clears the interrupt, so that it does not affect later tasks of this thread. */
    private synchronized void clearThread() {
      thread = null;
      var unused = Thread.interrupted();
    }

    synchronized void interrupt() {
      interrupted = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    @Override
    public synchronized String describe() {
      String where = thread == null ? "" : location(thread.getStackTrace());
      return "the handler of " + name + " is still running" + where;
    }

    /**
     * Returns the first frame outside the JDK and {@link Pipe}: a line of the test or of its
     * libraries.
     */
    private static String location(StackTraceElement[] stack) {
      return Arrays.stream(stack)
          .filter(frame -> !frame.getClassName().matches("(java|jdk)\\..*"))
          .filter(frame -> !frame.getClassName().startsWith(Pipe.class.getName()))
          .findFirst()
          .map(frame -> ", at " + frame)
          .orElse("");
    }
  }
}
