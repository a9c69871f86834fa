package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket tuned for latency. It avoids three delays:
 *
 * <ul>
 *   <li>Without TCP_NODELAY, Nagle's algorithm and delayed acknowledgements add 40 ms to a TLS
 *       handshake.
 *   <li>Waking a thread for each of many short answers takes longer than the answers themselves;
 *       see {@link SpinThenBlockInputStream}.
 *   <li>JSSE reads each record in two reads; see {@link ReadAheadInputStream}.
 * </ul>
 */
public class NoDelaySocket extends Socket implements UpgradeHeadInputStream.Owner {
  /**
   * Shared by all callers, because the proxy's answer and the TLS records after it are read one
   * after the other.
   */
  private @Nullable UpgradeHeadInputStream input; // guarded by this

  NoDelaySocket() throws IOException {
    setTcpNoDelay(true);
  }

  /**
   * Creates a socket that connects through a proxy which the JDK supports, or {@link
   * Proxy#NO_PROXY}.
   */
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
