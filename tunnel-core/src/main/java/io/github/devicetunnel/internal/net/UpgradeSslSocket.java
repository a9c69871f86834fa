package io.github.devicetunnel.internal.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TLS socket whose plaintext passes through an {@link UpgradeHeadInputStream}. Its input fails if
 * the connection ends without a {@code close_notify}.
 */
public final class UpgradeSslSocket extends ForwardingSslSocket
    implements UpgradeHeadInputStream.Owner, ArrivalClock {
  private final SSLSocket delegate;
  private final ObservedSocket transport;
  private @Nullable UpgradeHeadInputStream input; // guarded by delegate

  /**
   * Creates a TLS socket.
   *
   * @param transport the socket below TLS
   */
  UpgradeSslSocket(SSLSocket delegate, ObservedSocket transport) {
    super(delegate);
    this.delegate = delegate;
    this.transport = transport;
  }

  @Override
  public UpgradeHeadInputStream getInputStream() throws IOException {
    InputStream plain = super.getInputStream(); // fails if the socket is closed
    synchronized (delegate) {
      if (input == null) {
        input = new UpgradeHeadInputStream(new Plaintext(plain));
      }
      return input;
    }
  }

  @Override
  public long arrivedAt() {
    return transport.arrivedAt();
  }

  private final class Plaintext extends BulkInputStream {
    private final InputStream in;

    Plaintext(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      if (count < 0 && transport.inputEnded()) {
        throw new EOFException(
            "the TLS connection ended without close_notify (RFC 8446 section 6.1)");
      }
      return count;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
