package io.github.devicetunnel.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.RecordedRequest;

/** Delays requests and keeps requests without an answer, as ordered by faults. Thread-safe. */
final class HeldRequests {
  private final AcceptedSockets clients;
  private final Ledger ledger;
  private final CountDownLatch closed = new CountDownLatch(1);

  HeldRequests(AcceptedSockets clients, Ledger ledger) {
    this.clients = clients;
    this.ledger = ledger;
  }

  /** Ends all delays. */
  void close() {
    closed.countDown();
  }

  /** Waits as long as a fault orders, and returns the fault without its delays. */
  Fault awaitDelays(Fault ordered) throws InterruptedException {
    Fault fault = ordered;
    while (fault instanceof Fault.Delayed delayed) {
      var unused = closed.await(TimeUnit.NANOSECONDS.convert(delayed.time), TimeUnit.NANOSECONDS);
      fault = delayed.fault;
    }
    return fault;
  }

  /**
   * Waits until the client of a request has gone, or over HTTP/2 until the service closes.
   *
   * @param target the target of the request, for the report of unanswered requests
   * @param log records the request
   */
  void hang(RecordedRequest request, String target, Runnable log) throws InterruptedException {
    if (request.getVersion().equals("HTTP/2")) {
      // Other requests share the connection, so it must not be read here, and it stays open when
      // the client cancels. The request is therefore not reported.
      log.run();
      closed.await();
      return;
    }
    Ledger.Item waiting =
        () -> "a client is still waiting for the response to its request for " + target;
    AcceptedSocket client = clients.byConnectionIndex(request.getConnectionIndex());
    ledger.begin(waiting); // before a test can see the request in the log
    log.run();
    if (client != null) {
      client.awaitEnd();
      client.abort();
    }
    ledger.end(waiting);
  }
}
