package io.github.devicetunnel.cli;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The listeners of one run: all that were asked for are open, or none. For one thread. */
final class Listeners implements AutoCloseable {
  private final TunnelClient shared;
  private final @Nullable PortFile portFile;
  private final Console console;
  private final Reporting reporting;
  private final List<OpenListener> open = new ArrayList<>();

  /** No longer asked for; what they carry may finish. */
  private final List<OpenListener> retired = new CopyOnWriteArrayList<>();

  private Listeners(
      TunnelClient shared, @Nullable PortFile portFile, Console console, Reporting reporting) {
    this.shared = shared;
    this.portFile = portFile;
    this.console = console;
    this.reporting = reporting;
  }

  /**
   * Opens them, and reports each. What is wrong is a {@link CommandFailure}; nothing is open then.
   *
   * @param shared whose connections and threads all use; it is closed with them
   * @param portFile where to write the addresses, null for nowhere
   */
  static Listeners open(
      TunnelClient shared,
      List<TunnelSpec> specs,
      @Nullable PortFile portFile,
      Console console,
      Reporting reporting) {
    Listeners listeners = new Listeners(shared, portFile, console, reporting);
    try {
      reporting.start();
      listeners.add(specs);
      reporting.ready();
      return listeners;
    } catch (RuntimeException | Error e) {
      listeners.close();
      throw e;
    }
  }

  /**
   * Opens those that are new, and closes those that are not among them any more; the others are
   * left alone, with their connections. What is wrong is a {@link CommandFailure}; everything is as
   * it was then. What goes wrong only after something was closed is reported.
   *
   * @param drain how long connections may finish of those that are closed
   */
  void become(List<TunnelSpec> wanted, Duration drain) {
    List<OpenListener> gone = new ArrayList<>(open);
    List<TunnelSpec> fresh = new ArrayList<>();
    for (TunnelSpec spec : wanted) {
      if (!removeFirst(gone, spec)) {
        fresh.add(spec);
      }
    }
    // Those that take over an address must wait for it, the others must not fail any more.
    List<TunnelSpec> takingOver =
        fresh.stream().filter(spec -> gone.stream().anyMatch(each -> each.blocks(spec))).toList();
    takingOver.forEach(spec -> OpenListener.prepare(spec, shared).close(Duration.ZERO));
    add(fresh.stream().filter(spec -> !takingOver.contains(spec)).toList());
    gone.forEach(each -> retire(each, drain));
    try {
      writePortFile();
    } catch (CommandFailure e) {
      console.error(e.getMessage());
      console.hint("It still names what is no longer listened on");
    }
    takingOver.forEach(this::takeOver);
  }

  /** Its address was free for a moment, in which another program may have taken it. */
  private void takeOver(TunnelSpec spec) {
    try {
      add(List.of(spec));
    } catch (CommandFailure e) {
      console.error(e.getMessage());
      console.hint("This tunnel stays closed until the file is read again");
    }
  }

  private static boolean removeFirst(List<OpenListener> listeners, TunnelSpec spec) {
    for (OpenListener each : listeners) {
      if (each.spec().isSameAs(spec)) {
        return listeners.remove(each);
      }
    }
    return false;
  }

  /** All of them, or none. */
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
    added.forEach(each -> each.report(reporting));
  }

  /** Where they listen, in order. */
  List<SocketAddress> addresses() {
    return open.stream().map(OpenListener::address).toList();
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
        new Thread(
            () -> {
              DrainReport unused = listener.close(drain);
              retired.remove(listener);
            },
            "tunnel-retire");
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes them as {@link #drain} does, with no time to finish for what is still open. */
  @Override
  public void close() {
    DrainReport unused = drain(Duration.ZERO);
  }

  /**
   * Stops accepting everywhere, then lets connections finish.
   *
   * @param time for all of them together
   * @return what became of the connections
   */
  DrainReport drain(Duration time) {
    if (portFile != null) {
      portFile.delete();
    }
    open.forEach(OpenListener::stopAccepting);
    long deadline = System.nanoTime() + time.toNanos();
    List<OpenListener> all = new ArrayList<>(open);
    all.addAll(retired);
    int finished = 0;
    int cut = 0;
    long notDelivered = 0;
    for (OpenListener each : all) {
      DrainReport report = each.close(Duration.ofNanos(deadline - System.nanoTime()));
      finished += report.finished();
      cut += report.cut();
      notDelivered += report.bytesNotDelivered();
    }
    shared.close(Duration.ZERO);
    return new DrainReport(finished, cut, notDelivered);
  }
}
