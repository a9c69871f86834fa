package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Preparation;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.process.Daemons;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The listeners of one run. {@link #open} opens all of them or none. Not thread-safe. */
public final class Listeners implements AutoCloseable {
  private final TunnelClient shared;
  private final @Nullable PortFile portFile;
  private final Console console;
  private final Reporter reporter;

  /** Health checks read it on other threads. */
  private final List<OpenListener> open = new CopyOnWriteArrayList<>();

  /** The order of the listeners in the port file. */
  private List<TunnelSpec> configured = List.of();

  /** Listeners that a reload has closed and whose connections may still be open. */
  private final List<OpenListener> retired = new CopyOnWriteArrayList<>();

  private @Nullable DrainReport drained;

  private Listeners(
      TunnelClient shared, @Nullable PortFile portFile, Console console, Reporter reporter) {
    this.shared = shared;
    this.portFile = portFile;
    this.console = console;
    this.reporter = reporter;
  }

  /**
   * Opens all listeners and reports each.
   *
   * @param shared the client whose connections and threads all listeners use; it is closed with the
   *     listeners
   * @param portFile the file for the addresses, or null
   * @throws CommandFailure if a listener cannot be opened; no listener is open then
   */
  public static Listeners open(
      TunnelClient shared,
      List<TunnelSpec> specs,
      @Nullable PortFile portFile,
      Console console,
      Reporter reporter) {
    Listeners listeners = new Listeners(shared, portFile, console, reporter);
    try {
      Preparation preparation = Preparation.start();
      reporter.start();
      listeners.configured = List.copyOf(specs);
      listeners.add(specs);
      preparation.await();
      reporter.ready(() -> listeners.open.stream().noneMatch(OpenListener::isDeaf));
      return listeners;
    } catch (RuntimeException | Error e) {
      listeners.close();
      throw e;
    }
  }

  /**
   * Opens new listeners and closes listeners that are no longer configured. Unchanged listeners
   * keep their connections. An address that a new listener takes over from a closed one is free for
   * a moment. If another program takes it, an error is reported.
   *
   * @param drain the maximum time for connections of closed listeners to finish
   * @throws CommandFailure if a new listener is invalid or cannot be opened; nothing has changed
   *     then
   */
  public void update(List<TunnelSpec> specs, Duration drain) {
    List<OpenListener> gone = new ArrayList<>(open);
    List<TunnelSpec> fresh = new ArrayList<>();
    for (TunnelSpec spec : specs) {
      if (removeFirst(gone, spec) == null) {
        fresh.add(spec);
      }
    }
    // A listener that takes over an address opens after the old listener closes. Validate it first,
    // because its failure could not be undone.
    List<TunnelSpec> takingOver =
        fresh.stream().filter(spec -> gone.stream().anyMatch(each -> each.blocks(spec))).toList();
    takingOver.forEach(spec -> OpenListener.prepare(spec, shared).close(Duration.ZERO));
    configured = List.copyOf(specs);
    add(fresh.stream().filter(spec -> !takingOver.contains(spec)).toList());
    gone.forEach(each -> retire(each, drain));
    try {
      writePortFile();
    } catch (CommandFailure e) {
      console.error(e.getMessage());
      console.hint("The file still contains addresses of closed listeners");
    }
    takingOver.forEach(this::takeOver);
  }

  /** Opens a listener at an address that another program may have taken meanwhile. */
  private void takeOver(TunnelSpec spec) {
    try {
      add(List.of(spec));
    } catch (CommandFailure e) {
      console.error(e.getMessage());
      console.hint("The listener stays closed until the next reload");
    }
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

  /** Opens all of the listeners, or none. */
  private void add(List<TunnelSpec> specs) {
    if (specs.isEmpty()) {
      return;
    }
    List<OpenListener> added = new ArrayList<>();
    try {
      specs.forEach(spec -> added.add(OpenListener.prepare(spec, shared)));
      added.forEach(OpenListener::listen);
      open.addAll(added);
      writePortFile();
    } catch (RuntimeException | Error e) {
      open.removeAll(added);
      added.forEach(each -> each.close(Duration.ZERO));
      throw e;
    }
    added.forEach(each -> each.report(reporter));
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

  private void retire(OpenListener listener, Duration drain) {
    listener.stopAccepting();
    open.remove(listener);
    retired.add(listener);
    console.status("No longer listening on " + ListenAddress.text(listener.address()));
    Thread thread =
        Daemons.thread(
            "tunnel-retire",
            () -> {
              DrainReport unused = listener.close(drain);
              retired.remove(listener);
            });
    thread.start();
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
