package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A service that reads all bytes and records their digest. */
public final class SinkService extends GatewayService {
  private final BlockingQueue<Digest> received = new LinkedBlockingQueue<>();

  private SinkService() throws IOException {}

  public static SinkService started() throws IOException {
    SinkService service = new SinkService();
    service.start();
    return service;
  }

  /** Waits until a connection ends, and returns the digest of its bytes. */
  public Digest received() throws InterruptedException {
    Digest digest = Await.next(received);
    if (digest == null) {
      throw new AssertionError("no connection has ended in time; failures: " + failures());
    }
    return digest;
  }

  @Override
  protected void serve(Socket socket) throws IOException {
    received.add(Digest.of(socket.getInputStream(), Long.MAX_VALUE));
  }
}
