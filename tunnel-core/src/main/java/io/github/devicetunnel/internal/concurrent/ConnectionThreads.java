package io.github.devicetunnel.internal.concurrent;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of all connections. They are daemons, named after their task, and end with it. The
 * first threads are platform threads, which hand over bytes faster. Above a limit, where the memory
 * of their stacks matters, further threads are virtual if the JVM supports them. See
 * docs/rationale/threads-and-memory.md.
 */
public final class ConnectionThreads {
  /** A task that may throw an {@link IOException}. */
  public interface Step {
    void run() throws IOException;
  }

  /** Default limit of platform threads. A connection of a listener uses two threads. */
  public static final int PLATFORM_THREADS = 64;

  private static final @Nullable VirtualThreads VIRTUAL = VirtualThreads.find();

  private final int maxPlatformThreads;
  private final AtomicInteger platformThreads = new AtomicInteger();

  /** Runs short tasks that may block on the network of any connection. */
  private final ThreadPoolExecutor helpers = pool("tunnel-helper");

  /** Runs foreign code that may hang, apart from the helpers, which every connection needs. */
  private final ThreadPoolExecutor lookups = pool("tunnel-lookup");

  private static ThreadPoolExecutor pool(String name) {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.factory(name));
  }

  /**
   * Creates the object without starting a thread.
   *
   * @param maxPlatformThreads maximum number of platform threads at the same time, if the JVM has
   *     virtual threads
   */
  public ConnectionThreads(int maxPlatformThreads) {
    this.maxPlatformThreads = maxPlatformThreads;
  }

  public Thread start(String name, Runnable task) {
    return VIRTUAL == null
        ? started(Daemons.thread(name, task))
        : startCounted(VIRTUAL, name, task);
  }

  private static Thread started(Thread thread) {
    thread.start();
    return thread;
  }

  /**
   * Runs a step with a deep stack and returns when it has ended. A waiting virtual thread keeps its
   * stack on the heap, and the stack never shrinks. A virtual thread therefore runs the step on a
   * second virtual thread.
   *
   * @throws IOException the exception of the step; unchecked exceptions are also rethrown
   */
  public void runApart(String name, Step step) throws IOException {
    if (VIRTUAL == null || !VIRTUAL.isCurrent()) {
      step.run();
      return;
    }
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              step.run();
              return null;
            });
    VIRTUAL.unstarted(name, task).start();
    try {
      await(task);
    } catch (ExecutionException e) {
      rethrow(e.getCause());
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    if (failure instanceof IOException ioFailure) {
      throw ioFailure;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    throw failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  /**
   * Waits for the step. The wait ignores interrupts and restores the interrupt status at its end,
   * because the step ends when its connection is aborted.
   */
  private static void await(FutureTask<Void> task) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Loads what later cannot be loaded if the process has no free file descriptor. */
  public void prepare() {
    if (VIRTUAL != null) {
      VirtualThreads.loadPollers();
    }
  }

  public Executor helpers() {
    return helpers;
  }

  /** Returns the threads for {@link DetachedCall}s. */
  public Executor lookups() {
    return lookups;
  }

  /**
   * Ends the threads of both pools, each after its task. A connection that was closed in its own
   * callback may still need a helper, so further tasks of the helpers start further threads.
   */
  public void shutdown() {
    helpers.setKeepAliveTime(0, TimeUnit.NANOSECONDS);
    lookups.shutdown();
  }

  private Thread startCounted(VirtualThreads virtual, String name, Runnable task) {
    Runnable counted =
        () -> {
          try {
            task.run();
          } finally {
            platformThreads.decrementAndGet();
          }
        };
    if (platformThreads.incrementAndGet() > maxPlatformThreads) {
      platformThreads.decrementAndGet();
      return started(virtual.unstarted(name, task));
    }
    boolean started = false;
    try {
      Thread thread = started(Daemons.thread(name, counted));
      started = true;
      return thread;
    } finally {
      if (!started) {
        platformThreads.decrementAndGet();
      }
    }
  }

  /**
   * Reflective access to {@code Thread.ofVirtual().name(name).unstarted(task)}, which Java 17 does
   * not have.
   */
  private record VirtualThreads(
      MethodHandle ofVirtual, MethodHandle name, MethodHandle unstarted, MethodHandle isVirtual) {

    static @Nullable VirtualThreads find() {
      if (Runtime.version().feature() < 21) {
        return null;
      }
      try {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        Class<?> builder = Class.forName("java.lang.Thread$Builder");
        Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
        return new VirtualThreads(
            lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual)),
            lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class)),
            lookup.findVirtual(
                builder, "unstarted", MethodType.methodType(Thread.class, Runnable.class)),
            lookup.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class)));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("virtual threads require Java 21", e);
      }
    }

    /**
     * Loads the JDK's class through which virtual threads wait for sockets. Without a free file
     * descriptor, the first virtual thread could not load it, and Java would never try again.
     */
    static void loadPollers() {
      try {
        Class<?> unused = Class.forName("sun.nio.ch.Poller");
      } catch (ClassNotFoundException | LinkageError e) {
        // Another JDK. If the class is needed nevertheless, virtual threads report the failure.
      }
    }

    /** Returns whether the calling thread is virtual. */
    boolean isCurrent() {
      return (boolean) result(() -> isVirtual.invoke(Thread.currentThread()));
    }

    Thread unstarted(String threadName, Runnable task) {
      return (Thread)
          result(() -> unstarted.invoke(name.invoke(ofVirtual.invoke(), threadName), task));
    }

    private interface Invocation {
      Object invoke() throws Throwable;
    }

    private static Object result(Invocation invocation) {
      try {
        return invocation.invoke();
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError("creating a virtual thread throws no checked exception", e);
      }
    }
  }
}
