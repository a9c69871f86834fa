package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of one run: all of them are open, or none. Each has a client of its own, for its
 * device and service; all share the connections and threads of one.
 */
final class Listeners implements AutoCloseable {
  private final TunnelClient shared;
  private final List<TunnelClient> clients = new ArrayList<>();
  private final List<TunnelListener> listeners = new ArrayList<>();

  private final @Nullable PortFile portFile;

  private Listeners(TunnelClient shared, @Nullable PortFile portFile) {
    this.shared = shared;
    this.portFile = portFile;
  }

  /**
   * Opens them, and reports each. What is wrong is a {@link CommandFailure}; nothing is open then.
   *
   * @param portFile where to write the addresses, null for nowhere
   * @param shared is closed with the listeners, or when they cannot be opened
   */
  static Listeners open(
      TunnelClient shared, List<TunnelSpec> specs, @Nullable PortFile portFile, Console console) {
    Listeners all = new Listeners(shared, portFile);
    try {
      for (TunnelSpec spec : specs) {
        all.clients.add(client(shared, spec));
      }
      all.clients.forEach(Listeners::checkCredentials);
      for (int i = 0; i < specs.size(); i++) {
        all.listeners.add(listen(all.clients.get(i), specs.get(i)));
      }
      if (portFile != null) {
        portFile.write(all.addresses());
      }
      for (int i = 0; i < specs.size(); i++) {
        report(all.listeners.get(i), all.clients.get(i), console);
      }
      return all;
    } catch (RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  private static TunnelClient client(TunnelClient shared, TunnelSpec spec) {
    TunnelClient.Builder builder = shared.newBuilder();
    spec.applyTo(builder);
    return builder.build();
  }

  /** With a token that opens nothing there is no sense in serving; a source may recover. */
  private static void checkCredentials(TunnelClient client) {
    try {
      client.checkCredentials();
    } catch (IOException e) {
      if (e instanceof TunnelException failure
          && failure.reason().kind() == CloseReason.Kind.TOKEN_REFUSED) {
        throw CommandFailure.refused(
            failure.reason().message(), "Get a new token, for this device and service");
      }
    }
  }

  private static TunnelListener listen(TunnelClient client, TunnelSpec spec) {
    try {
      return spec.listen(client);
    } catch (IOException e) {
      throw ListenFailure.of(spec, e);
    }
  }

  private static void report(TunnelListener listener, TunnelClient client, Console console) {
    console.print(
        "Listening on "
            + ListenAddress.text(listener.localSocketAddress())
            + " -> "
            + client.deviceId()
            + "/"
            + client.serviceAddress());
  }

  /** Where they listen, in the order in which they were asked for. */
  List<SocketAddress> addresses() {
    return listeners.stream().map(TunnelListener::localSocketAddress).toList();
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
    listeners.forEach(TunnelListener::stopAccepting);
    long deadline = System.nanoTime() + time.toNanos();
    int finished = 0;
    int cut = 0;
    long notDelivered = 0;
    for (TunnelClient client : clients) {
      DrainReport report = client.close(Duration.ofNanos(deadline - System.nanoTime()));
      finished += report.finished();
      cut += report.cut();
      notDelivered += report.bytesNotDelivered();
    }
    shared.close(Duration.ZERO);
    return new DrainReport(finished, cut, notDelivered);
  }
}
