package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Preparation;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.process.BlockingTasks;
import io.github.devicetunnel.cli.process.Daemons;
import io.github.devicetunnel.cli.process.StoppedException;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The listeners of one run. {@link #open} opens all of them or none. Not thread-safe. */
public final class Listeners implements AutoCloseable {
  private final TunnelClient shared;
  private final @Nullable PortFile portFile;
  private final Console console;
  private final Reporter reporter;
  private final ThreadFactory threads;

  /** Other threads read the list: {@link #prepare} and the health checks. */
  private final List<OpenListener> open = new CopyOnWriteArrayList<>();

  /** The order of the listeners in the port file. */
  private List<TunnelSpec> configured = List.of();

  /** Listeners that a reload has closed and whose connections may still be open. */
  private final List<OpenListener> retired = new CopyOnWriteArrayList<>();

  private @Nullable DrainReport drained;

  Listeners(
      TunnelClient shared,
      @Nullable PortFile portFile,
      Console console,
      Reporter reporter,
      ThreadFactory threads) {
    this.shared = shared;
    this.portFile = portFile;
    this.console = console;
    this.reporter = reporter;
    this.threads = threads;
  }

  /**
   * Opens all listeners and reports each.
   *
   * @param shared the client whose connections and threads all listeners use; it is closed with the
   *     listeners
   * @param portFile the file for the addresses, or null
   * @param tasks runs the part that may block
   * @throws CommandFailure if a listener cannot be opened; no listener is open then
   * @throws StoppedException if a signal stops the program; no listener is open then
   */
  public static Listeners open(
      TunnelClient shared,
      List<TunnelSpec> specs,
      @Nullable PortFile portFile,
      Console console,
      Reporter reporter,
      BlockingTasks tasks)
      throws InterruptedException {
    Listeners listeners =
        new Listeners(shared, portFile, console, reporter, Daemons.factory("tunnel-retire"));
    try {
      Preparation preparation = Preparation.start();
      reporter.start();
      listeners.configured = List.copyOf(specs);
      listeners.add(
          tasks.call(
              () -> OpenListener.prepare(specs, shared),
              OpenListener::discard,
              ChronoUnit.FOREVER.getDuration()));
      preparation.await();
      reporter.ready(() -> listeners.open.stream().noneMatch(OpenListener::isDeaf));
      return listeners;
    } catch (RuntimeException | Error | InterruptedException e) {
      listeners.close();
      throw e;
    }
  }

  /**
   * Validates new listeners and finds those that are no longer configured, without opening or
   * closing any. May block, and may run on any thread.
   *
   * @throws CommandFailure if a new listener is invalid
   */
  public ListenerChange prepare(List<TunnelSpec> specs) {
    List<OpenListener> removed = new ArrayList<>(open);
    List<TunnelSpec> added = new ArrayList<>();
    for (TunnelSpec spec : specs) {
      if (removeFirst(removed, spec) == null) {
        added.add(spec);
      }
    }
    return new ListenerChange(specs, OpenListener.prepare(added, shared), removed);
  }

  /**
   * Opens new listeners and closes listeners that are no longer configured. Unchanged listeners
   * keep their connections. An address that a new listener takes over from a closed one is free for
   * a moment. If another program takes it, an error is reported.
   *
   * @param change prepared since the last change
   * @param drain the maximum time for connections of closed listeners to finish
   * @throws CommandFailure if a new listener cannot be opened; nothing has changed then
   */
  public void apply(ListenerChange change, Duration drain) {
    CompletableFuture<List<OpenListener>> retiring = new CompletableFuture<>();
    List<TunnelSpec> before = configured;
    try {
      if (!change.removed().isEmpty()) {
        startRetiring(retiring, drain);
      }
      configured = change.configured();
      add(change.independent());
    } catch (RuntimeException | Error e) {
      configured = before;
      retiring.complete(List.of());
      change.discard();
      throw e;
    }
    try {
      change.removed().forEach(this::stopAccepting);
    } finally {
      retiring.complete(change.removed());
    }
    try {
      writePortFile();
    } catch (CommandFailure e) {
      console.error(e.getMessage());
      console.hint("The file still contains addresses of closed listeners");
    }
    change.takingOver().forEach(this::takeOver);
  }

  /**
   * Starts a thread that closes listeners once the future contains them. It starts before anything
   * changes, because the system may have no thread left.
   */
  private void startRetiring(CompletableFuture<List<OpenListener>> future, Duration drain) {
    Thread thread =
        threads.newThread(
            () -> {
              List<OpenListener> removed = future.join();
              DrainReport unused = Drain.all(removed, drain);
              retired.removeAll(removed);
            });
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      throw CommandFailure.unexpected(
          "cannot start a thread to drain closed listeners: "
              + e.getMessage()
              + "; raise the limit of threads, or send SIGHUP again later");
    }
  }

  private void stopAccepting(OpenListener listener) {
    listener.stopAccepting();
    retired.add(listener);
    open.remove(listener);
    console.status("No longer listening on " + ListenAddress.text(listener.address()));
  }

  /** Opens a listener at an address that another program may have taken meanwhile. */
  private void takeOver(OpenListener listener) {
    try {
      add(List.of(listener));
    } catch (CommandFailure e) {
      reportClosed(e.getMessage());
    } catch (RuntimeException | Error e) {
      reportClosed("cannot listen on " + ListenAddress.text(listener.address()) + ": " + e);
    }
  }

  private void reportClosed(@Nullable String failure) {
    console.error(failure);
    console.hint("The listener stays closed until the next reload");
  }

  private static @Nullable OpenListener removeFirst(List<OpenListener> listeners, TunnelSpec spec) {
    for (OpenListener each : listeners) {
      if (each.spec().isSameAs(spec)) {
        listeners.remove(each);
        return each;
      }
    }
    return null;
  }

  /** Opens all of the prepared listeners, or closes them. */
  private void add(List<OpenListener> prepared) {
    if (prepared.isEmpty()) {
      return;
    }
    try {
      prepared.forEach(OpenListener::listen);
      open.addAll(prepared);
      writePortFile();
    } catch (RuntimeException | Error e) {
      open.removeAll(prepared);
      OpenListener.discard(prepared);
      throw e;
    }
    prepared.forEach(each -> each.report(reporter));
  }

  /** Returns the bound addresses in the order of the configuration. */
  public List<SocketAddress> addresses() {
    List<OpenListener> others = new ArrayList<>(open);
    List<OpenListener> ordered = new ArrayList<>();
    for (TunnelSpec spec : configured) {
      OpenListener listener = removeFirst(others, spec);
      if (listener != null) {
        ordered.add(listener);
      }
    }
    ordered.addAll(others); // a reload is about to close them
    return ordered.stream().map(OpenListener::address).toList();
  }

  private void writePortFile() {
    if (portFile != null) {
      portFile.write(addresses());
    }
  }

  /**
   * Opens and closes a tunnel to the target of each listener, and keeps trying while the target
   * cannot be reached.
   *
   * @param limit the time for all of them together
   */
  public void awaitReachable(Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (OpenListener each : open) {
      each.awaitReachable(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
  }

  /** Closes the listeners as {@link #drain} does, and aborts open connections. */
  @Override
  public void close() {
    DrainReport unused = drain(Duration.ZERO);
  }

  /**
   * Stops accepting on all listeners, then lets connections finish. Further calls have no effect
   * and return the same report.
   *
   * @param time the total time for all listeners
   * @return the totals of all listeners
   */
  public DrainReport drain(Duration time) {
    DrainReport report = drained;
    if (report == null) {
      report = drainOnce(time);
      drained = report;
    }
    return report;
  }

  private DrainReport drainOnce(Duration time) {
    if (portFile != null) {
      portFile.delete();
    }
    open.forEach(OpenListener::stopAccepting);
    List<OpenListener> all = new ArrayList<>(open);
    all.addAll(retired);
    DrainReport report = Drain.all(all, time);
    shared.close(Duration.ZERO);
    return report;
  }
}
