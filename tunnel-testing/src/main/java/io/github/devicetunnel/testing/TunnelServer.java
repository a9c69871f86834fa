package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.MockWebServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server behind a {@link TunnelService}: connects the components, starts them and closes them.
 */
final class TunnelServer {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelServer.class);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final MockWebServer server = new MockWebServer();
  private final Workers workers = new Workers();
  private final AcceptedSockets clients = new AcceptedSockets();
  private final ServiceSockets sockets = new ServiceSockets();
  private final UpgradeLog upgradeLog = new UpgradeLog();
  private final Ledger ledger = new Ledger();
  private final Handlers handlers = new Handlers(workers, ledger);
  private final TestDirectory directory = new TestDirectory();
  private final Devices devices;
  private final UpgradeDispatcher dispatcher;
  private final boolean encrypted;
  private final AtomicBoolean closed = new AtomicBoolean();

  TunnelServer(
      Access access,
      KeyUploads keyUploads,
      ServiceDial when,
      DialScope scope,
      Duration pingInterval,
      @Nullable SSLSocketFactory tls) {
    devices = new Devices(workers, scope);
    Gateway gateway = new Gateway(when, pingInterval, sockets, handlers, workers, ledger);
    Upgrades upgrades = new Upgrades(clients, access, devices, gateway);
    HeldRequests held = new HeldRequests(clients, ledger);
    DirectoryRequests pages = new DirectoryRequests(directory, devices, access, held);
    dispatcher =
        new UpgradeDispatcher(
            server, devices, upgrades, keyUploads, upgradeLog, ledger, held, pages);
    server.setServerSocketFactory(clients);
    server.setDispatcher(dispatcher);
    encrypted = tls != null;
    if (tls != null) {
      server.useHttps(new LayeredTls(tls));
    }
  }

  void start() throws IOException {
    // An address with a name avoids a reverse lookup.
    server.start(InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}), 0);
  }

  String uri() {
    return (encrypted ? "wss://localhost:" : "ws://127.0.0.1:") + server.getPort();
  }

  Devices devices() {
    return devices;
  }

  TestDirectory directory() {
    return directory;
  }

  UpgradeLog upgradeLog() {
    return upgradeLog;
  }

  Ledger ledger() {
    return ledger;
  }

  int requestCount() {
    return server.getRequestCount();
  }

  int openConnections() {
    return clients.openCount();
  }

  List<OpenTunnel> tunnels() {
    return devices.all().stream().flatMap(device -> device.tunnels().stream()).toList();
  }

  void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    ledger.close();
    workers.shutdown();
    // Abort clients first, or they would see the end of a service as a clean close.
    clients.abortAll();
    dispatcher.close();
    tunnels().forEach(tunnel -> tunnel.service().close());
    sockets.close();
    handlers.interruptAll();
    // An interrupt would make MockWebServer leak its threads.
    boolean interrupted = Thread.interrupted();
    try {
      server.close();
      if (!workers.awaitEnd(CLOSE_TIMEOUT)) {
        LOG.warn(
            "threads of {} are still busy {} s after its close", this, CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public String toString() {
    return "TunnelService[" + (server.getStarted() ? uri() : "not started") + "]";
  }
}
