package io.github.devicetunnel.it.faults;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Sockets whose writes block while a gate is shut. */
final class GatedSockets extends SocketFactory {
  private boolean shut; // guarded by this
  private int waiting; // guarded by this

  synchronized void shut() {
    shut = true;
  }

  synchronized void open() {
    shut = false;
    notifyAll();
  }

  synchronized boolean isWriterBlocked() {
    return waiting > 0;
  }

  private synchronized void pass() throws IOException {
    waiting++;
    try {
      while (shut) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted by a test", e);
    } finally {
      waiting--;
    }
  }

  @Override
  public Socket createSocket() {
    return new GatedSocket();
  }

  private final class GatedSocket extends Socket {
    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          pass();
          out.write(bytes, offset, length);
        }
      };
    }
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("OkHttp connects its sockets itself");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket(host.getHostName(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    return createSocket(host, port);
  }
}
