package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.net.Socket;

/** A service that sends pseudorandom bytes on every connection, and then closes it. */
public final class SourceService extends GatewayService {
  private final long seed;
  private final long count;

  private SourceService(long seed, long count) throws IOException {
    this.seed = seed;
    this.count = count;
  }

  public static SourceService started(long seed, long count) throws IOException {
    SourceService service = new SourceService(seed, count);
    service.start();
    return service;
  }

  /** Returns the digest of the bytes that every connection receives. */
  public Digest digest() {
    return RandomBytes.digest(seed, count);
  }

  @Override
  protected void serve(Socket socket) throws IOException {
    new RandomBytes(seed, count).transferTo(socket.getOutputStream());
  }
}
