package io.github.devicetunnel.testing;

import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles every request. Records an upgrade request, applies the ordered tunnel fault, and
 * otherwise lets {@link Upgrades} answer it. Each request is handled on the thread of its
 * connection, which may block.
 */
final class UpgradeDispatcher extends Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeDispatcher.class);

  private final MockWebServer server;
  private final Devices devices;
  private final Upgrades upgrades;
  private final KeyUploads keyUploads;
  private final UpgradeLog upgradeLog;
  private final Ledger ledger;
  private final HeldRequests held;
  private final DirectoryRequests directory;

  UpgradeDispatcher(
      MockWebServer server,
      Devices devices,
      Upgrades upgrades,
      KeyUploads keyUploads,
      UpgradeLog upgradeLog,
      Ledger ledger,
      HeldRequests held,
      DirectoryRequests directory) {
    this.server = server;
    this.devices = devices;
    this.upgrades = upgrades;
    this.keyUploads = keyUploads;
    this.upgradeLog = upgradeLog;
    this.ledger = ledger;
    this.held = held;
    this.directory = directory;
  }

  /** Releases all delayed requests. */
  @Override
  public void close() {
    held.close();
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
    discardRecordedRequests();
    if (KeyUploads.isUpload(request)) {
      return uploadKey(request);
    }
    if (DirectoryRequests.isDirectory(request)) {
      return directory.answer(request);
    }
    try {
      return answer(request);
    } catch (RejectedException e) {
      LOG.debug("rejected with {}: {}", e.rejection().status(), e.getMessage());
      return reject(request, e.rejection());
    } catch (RuntimeException | Error e) {
      // thrown by a token check of the test
      LOG.warn("the request for {} failed", request.getUrl().encodedPath(), e);
      ledger.recordFailure("the response to the request for " + request.getUrl().encodedPath(), e);
      return reject(request, Fault.reject(500).message("The token check threw " + e.getClass()));
    }
  }

  private MockResponse uploadKey(RecordedRequest request) {
    try {
      return keyUploads.upload(request);
    } catch (RejectedException e) {
      return e.rejection().toResponse();
    }
  }

  private MockResponse answer(RecordedRequest request)
      throws RejectedException, InterruptedException {
    ConnectionPath path = ConnectionPath.parse(request.getUrl());
    Fault fault = held.awaitDelays(devices.takeFault(path));
    if (fault instanceof Fault.Rejection rejection) {
      return reject(request, rejection);
    }
    if (fault instanceof Fault.NoAnswer) {
      held.hang(request, path.text(), () -> upgradeLog.add(new RecordedUpgrade(request, 0)));
      return Fault.reject(503).toResponse(); // never delivered
    }
    FaultTrigger trigger = fault instanceof Fault.InTunnel inTunnel ? inTunnel.trigger : null;
    MockResponse granted = upgrades.grant(request, path, trigger);
    upgradeLog.add(new RecordedUpgrade(request, 101));
    return granted;
  }

  private MockResponse reject(RecordedRequest request, Fault.Rejection rejection) {
    upgradeLog.add(new RecordedUpgrade(request, rejection.status()));
    return rejection.toResponse();
  }

  /** Discards the requests that MockWebServer queues, which would otherwise accumulate. */
  private void discardRecordedRequests() throws InterruptedException {
    while (server.takeRequest(0, TimeUnit.NANOSECONDS) != null) {
      // discarded
    }
  }
}
