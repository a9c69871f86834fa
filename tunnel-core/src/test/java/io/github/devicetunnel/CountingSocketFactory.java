package io.github.devicetunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/** Counts the sockets that it creates, and reports when one is closed. */
final class CountingSocketFactory extends SocketFactory {
  private final AtomicInteger created;
  private final CountDownLatch closed;

  CountingSocketFactory(AtomicInteger created, CountDownLatch closed) {
    this.created = created;
    this.closed = closed;
  }

  @Override
  public Socket createSocket() {
    created.incrementAndGet();
    return new Socket() {
      @Override
      public synchronized void close() throws IOException {
        super.close();
        closed.countDown();
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
