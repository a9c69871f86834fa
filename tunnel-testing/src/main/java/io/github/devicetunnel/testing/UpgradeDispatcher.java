package io.github.devicetunnel.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles every request: records it, applies the ordered tunnel fault, and otherwise lets {@link
 * Upgrades} answer it. Each request is handled on the thread of its connection, which may block.
 */
final class UpgradeDispatcher extends Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeDispatcher.class);

  private final MockWebServer server;
  private final AcceptedSockets clients;
  private final Devices devices;
  private final Upgrades upgrades;
  private final KeyUploads keyUploads;
  private final UpgradeLog upgradeLog;
  private final Ledger ledger;
  private final CountDownLatch closed = new CountDownLatch(1);

  UpgradeDispatcher(
      MockWebServer server,
      AcceptedSockets clients,
      Devices devices,
      Upgrades upgrades,
      KeyUploads keyUploads,
      UpgradeLog upgradeLog,
      Ledger ledger) {
    this.server = server;
    this.clients = clients;
    this.devices = devices;
    this.upgrades = upgrades;
    this.keyUploads = keyUploads;
    this.upgradeLog = upgradeLog;
    this.ledger = ledger;
  }

  /** Releases all delayed requests. */
  @Override
  public void close() {
    closed.countDown();
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
    discardRecordedRequests();
    if (KeyUploads.isUpload(request)) {
      return uploadKey(request);
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
    Fault fault = devices.takeFault(path);
    while (fault instanceof Fault.Delayed delayed) {
      var unused = closed.await(TimeUnit.NANOSECONDS.convert(delayed.time), TimeUnit.NANOSECONDS);
      fault = delayed.fault;
    }
    if (fault instanceof Fault.Rejection rejection) {
      return reject(request, rejection);
    }
    if (fault instanceof Fault.NoAnswer) {
      return hang(request, path);
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

  /** Waits until the client has gone; the returned response is never delivered. */
  private MockResponse hang(RecordedRequest request, ConnectionPath path) {
    Ledger.Item waiting =
        () -> "a client is still waiting for the response to its request for " + path.text();
    AcceptedSocket client = clients.byConnectionIndex(request.getConnectionIndex());
    ledger.begin(waiting); // before a test can see the request in the log
    upgradeLog.add(new RecordedUpgrade(request, 0));
    if (client != null) {
      client.awaitEnd();
      client.abort();
    }
    ledger.end(waiting);
    return Fault.reject(503).toResponse();
  }

  /** Discards the requests that MockWebServer queues, which would otherwise accumulate. */
  private void discardRecordedRequests() throws InterruptedException {
    while (server.takeRequest(0, TimeUnit.NANOSECONDS) != null) {
      // discarded
    }
  }
}
