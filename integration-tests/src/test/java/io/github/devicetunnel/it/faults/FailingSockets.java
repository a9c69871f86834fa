package io.github.devicetunnel.it.faults;

import io.github.devicetunnel.it.support.UnconnectedSockets;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.function.BooleanSupplier;

/** Sockets whose reads or writes throw an error, which cannot even be described, once armed. */
final class FailingSockets extends UnconnectedSockets implements AutoCloseable {
  /** An operation of a socket. */
  enum Operation {
    READ,
    WRITE
  }

  /** An error of a JVM that has no memory for the text of a message until the end of the test. */
  private static final class Undescribable extends Error {
    private static final long serialVersionUID = 1L;
    private final transient BooleanSupplier isDescribable;

    Undescribable(BooleanSupplier isDescribable) {
      this.isDescribable = isDescribable;
    }

    @Override
    public String getMessage() {
      if (!isDescribable.getAsBoolean()) {
        throw this;
      }
      return "thrown by a test";
    }
  }

  private final Operation failing;
  private volatile boolean armed;

  FailingSockets(Operation failing) {
    this.failing = failing;
  }

  /** Lets operations fail from now on, until {@link #close}. */
  void arm() {
    armed = true;
  }

  @Override
  public void close() {
    armed = false;
  }

  private void pass(Operation operation) {
    if (armed && operation == failing) {
      throw new Undescribable(() -> !armed);
    }
  }

  @Override
  public Socket createSocket() {
    return new FailingSocket();
  }

  private final class FailingSocket extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int count = super.read(bytes, offset, length);
          pass(Operation.READ);
          return count;
        }
      };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          pass(Operation.WRITE);
          out.write(bytes, offset, length);
        }
      };
    }
  }
}
