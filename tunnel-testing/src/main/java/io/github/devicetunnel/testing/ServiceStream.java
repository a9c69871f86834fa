package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The service's end of a tunnel, in the hands of a {@link ConnectionHandler}, as an accepted socket
 * would be. No socket is beneath it.
 *
 * <p>Backpressure is that of TCP: 64 KiB are held in either direction, beyond them whoever writes
 * waits for whoever reads. One thread may read while another writes, and any may close.
 */
public final class ServiceStream implements AutoCloseable {
  private final TunnelName name;
  private final Pipe fromClient = new Pipe();
  private final Pipe toClient = new Pipe();
  private final InputStream input = fromClient.input();
  private final OutputStream output = toClient.output();

  ServiceStream(TunnelName name) {
    this.name = name;
  }

  /** {@return the gateway's ID, in lower case} */
  public String deviceId() {
    return name.deviceId();
  }

  /** {@return the service's address as it stood in the request} */
  public String serviceAddress() {
    return name.service();
  }

  /**
   * What the client sends. The end of the stream means that the client has gone, in order or not: a
   * gateway does not know.
   *
   * @return the same stream at every call; closing it does nothing
   */
  public InputStream inputStream() {
    return input;
  }

  /**
   * What the client gets. There is nothing to flush. Closing it is {@link #shutdownOutput}.
   *
   * @return the same stream at every call; writing throws an {@link IOException} once the client
   *     has gone
   */
  public OutputStream outputStream() {
    return output;
  }

  /**
   * Says that nothing more will be written. As there is no half-close in the protocol, the gateway
   * then ends the tunnel, after what was written: the client is closed with 1000, and nothing more
   * comes from it.
   */
  public void shutdownOutput() {
    toClient.end();
  }

  /**
   * Breaks the connection off, as a TCP reset does. The client is closed with 1011; what was
   * written and is not on its way yet is lost.
   */
  public void reset() {
    toClient.breakOff(() -> new IOException("the service reset the connection"));
    fromClient.breakOff(() -> new IOException("the handler has reset this stream"));
  }

  /** Closes in order, after what was written. Never waits. */
  @Override
  public void close() {
    toClient.end();
    fromClient.breakOff(() -> new IOException("the handler has closed this stream"));
  }

  @Override
  public String toString() {
    return "ServiceStream[" + name + "]";
  }

  /** The gateway's end of the same connection. */
  ServiceEnd gatewayEnd() {
    return new GatewayEnd();
  }

  private final class GatewayEnd implements ServiceEnd {
    private final InputStream fromService = toClient.input();
    private final OutputStream toService = fromClient.output();

    @Override
    public InputStream input() {
      return fromService;
    }

    @Override
    public OutputStream output() {
      return toService;
    }

    @Override
    public void endOutput() {
      fromClient.end();
    }

    @Override
    public boolean isOutputEnded() {
      return fromClient.isEnded();
    }

    @Override
    public void close() {
      fromClient.end();
      toClient.breakOff(ClientGoneException::new);
    }
  }
}
