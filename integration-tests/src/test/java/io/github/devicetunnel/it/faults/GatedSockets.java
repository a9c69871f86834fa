package io.github.devicetunnel.it.faults;

import io.github.devicetunnel.it.support.UnconnectedSockets;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** Sockets whose writes block while a gate is shut, until they are closed. */
final class GatedSockets extends UnconnectedSockets {
  private final boolean afterWrites;
  private boolean shut; // guarded by this
  private int waiting; // guarded by this

  /** Creates sockets with the gate before each write. */
  GatedSockets() {
    this(false);
  }

  private GatedSockets(boolean afterWrites) {
    this.afterWrites = afterWrites;
  }

  /** Creates sockets whose writes send their bytes and then block. */
  static GatedSockets afterWrites() {
    return new GatedSockets(true);
  }

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

  private synchronized void wake() {
    notifyAll();
  }

  private synchronized void pass(Socket socket) throws IOException {
    waiting++;
    try {
      while (shut && !socket.isClosed()) {
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
          if (afterWrites) {
            out.write(bytes, offset, length);
            pass(GatedSocket.this);
          } else {
            pass(GatedSocket.this);
            out.write(bytes, offset, length);
          }
        }
      };
    }

    @Override
    public synchronized void close() throws IOException {
      super.close();
      wake();
    }
  }
}
