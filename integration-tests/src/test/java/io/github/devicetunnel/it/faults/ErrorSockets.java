package io.github.devicetunnel.it.faults;

import io.github.devicetunnel.it.support.UnconnectedSockets;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * Sockets whose operations pass an {@link InjectedError}. Closing fails after the socket closed.
 */
final class ErrorSockets extends UnconnectedSockets {
  private final InjectedError error;

  ErrorSockets(InjectedError error) {
    this.error = error;
  }

  @Override
  public Socket createSocket() {
    error.pass("new socket");
    return new ErrorSocket();
  }

  private final class ErrorSocket extends Socket {
    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
      error.pass("connect");
      super.connect(address, timeout);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      error.pass("input of a socket");
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          error.pass("read");
          return super.read(bytes, offset, length);
        }
      };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      error.pass("output of a socket");
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          error.pass("write");
          out.write(bytes, offset, length);
        }
      };
    }

    @Override
    public synchronized void setSoTimeout(int millis) throws SocketException {
      error.pass("timeout of a socket");
      super.setSoTimeout(millis);
    }

    @Override
    public synchronized void close() throws IOException {
      super.close();
      error.pass("close");
    }
  }
}
