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
 * The threads of all connections: daemons, each with the name of what it serves, which end with it.
 * The first ones are platform threads, since those hand a byte over more quickly; beyond a number,
 * where their stacks begin to weigh, they are virtual, on a JVM that has them.
 */
public final class ConnectionThreads {
  /** What a thread does in between, and may fail at. */
  public interface Step {
    void run() throws IOException;
  }

  /** Two serve a connection of a listener. */
  public static final int PLATFORM_THREADS = 64;

  private static final @Nullable VirtualThreads VIRTUAL = VirtualThreads.find();

  private final int most;
  private final AtomicInteger platformThreads = new AtomicInteger();

  /** For short work on any connection that may have to wait for its network. */
  private final ThreadPoolExecutor helpers =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> platform("tunnel-helper", task),
          // After the shutdown there is no connection left that could want help.
          new ThreadPoolExecutor.DiscardPolicy());

  /**
   * None has started yet.
   *
   * @param most how many are platform threads at the same time, on a JVM that has others
   */
  public ConnectionThreads(int most) {
    this.most = most;
  }

  public Thread start(String name, Runnable task) {
    Thread thread = VIRTUAL == null ? platform(name, task) : counted(VIRTUAL, name, task);
    thread.start();
    return thread;
  }

  /**
   * Runs a step whose stack is deep, and returns when it is done. A virtual thread that waits keeps
   * its stack on the heap, and the room for it as long as it lives: it has a second one do this.
   *
   * @throws IOException that of the step, as its other exceptions
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
   * The step's own waiting ends when its connection is cut; an interrupt is for what comes after.
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

  public Executor helpers() {
    return helpers;
  }

  public void shutdown() {
    helpers.shutdown();
  }

  private Thread counted(VirtualThreads virtual, String name, Runnable task) {
    if (platformThreads.incrementAndGet() > most) {
      platformThreads.decrementAndGet();
      return virtual.unstarted(name, task);
    }
    return platform(
        name,
        () -> {
          try {
            task.run();
          } finally {
            platformThreads.decrementAndGet();
          }
        });
  }

  private static Thread platform(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** {@code Thread.ofVirtual().name(name).unstarted(task)}, which is not there on Java 17. */
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
        throw new LinkageError("Java 21 and later have virtual threads", e);
      }
    }

    /** Whether the calling thread is one. */
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
        throw new AssertionError("making a virtual thread throws nothing", e);
      }
    }
  }
}
