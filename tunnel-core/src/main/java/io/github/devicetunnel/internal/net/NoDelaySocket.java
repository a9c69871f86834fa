package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that neither sends nor notices bytes later than it could. Without TCP_NODELAY Nagle's
 * algorithm and delayed acknowledgements cost a TLS handshake 40 ms; a reader that is woken for
 * each of many small answers sleeps longer than they take, see {@link SpinThenBlockInputStream};
 * and TLS asks for its records in pieces, see {@link ReadAheadInputStream}.
 */
public class NoDelaySocket extends Socket implements UpgradeHeadInputStream.Owner {
  /** One for all who ask: a proxy's answer and the TLS after it are read one after the other. */
  private @Nullable UpgradeHeadInputStream input; // guarded by this

  NoDelaySocket() throws IOException {
    setTcpNoDelay(true);
  }

  /** With a proxy that the socket itself knows how to use, or {@link Proxy#NO_PROXY}. */
  public NoDelaySocket(Proxy proxy) throws IOException {
    super(proxy);
    setTcpNoDelay(true);
  }

  @Override
  public synchronized UpgradeHeadInputStream getInputStream() throws IOException {
    InputStream plain = super.getInputStream();
    if (input == null) {
      input =
          new UpgradeHeadInputStream(new ReadAheadInputStream(new SpinThenBlockInputStream(plain)));
    }
    return input;
  }
}
