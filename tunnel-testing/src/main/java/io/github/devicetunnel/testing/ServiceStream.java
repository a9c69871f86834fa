package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The service end of a tunnel, passed to a {@link ConnectionHandler}. It behaves like an accepted
 * socket, but is not backed by one.
 *
 * <p>As with TCP, a full buffer blocks the writer: up to 64 KiB are buffered in each direction. One
 * thread may read while another one writes, and any thread may close the stream.
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

  /** {@return the device ID, in lower case} */
  public String deviceId() {
    return name.deviceId();
  }

  /** {@return the service address, as in the request} */
  public String serviceAddress() {
    return name.service();
  }

  /**
   * Returns the stream of the bytes that the client sends. The stream ends when the client has
   * gone, whether it closed or aborted the tunnel: a gateway cannot distinguish these cases.
   *
   * @return the input stream; the same object on each call. Closing it has no effect
   */
  public InputStream inputStream() {
    return input;
  }

  /**
   * Returns the stream of the bytes to send to the client. The stream needs no flush. Closing it is
   * equivalent to {@link #shutdownOutput}.
   *
   * @return the output stream; the same object on each call. Writing throws an {@link IOException}
   *     once the client has gone
   */
  public OutputStream outputStream() {
    return output;
  }

  /**
   * Ends the output. The tunnel protocol has no half-close, so the gateway closes the tunnel with
   * code 1000 after the written bytes, and nothing more is received from the client.
   */
  public void shutdownOutput() {
    toClient.end();
  }

  /**
   * Resets the connection, like a TCP reset. The tunnel is closed with code 1011, and bytes that
   * were written but not sent yet are lost.
   */
  public void reset() {
    toClient.fail(() -> new IOException("the service reset the connection"));
    fromClient.fail(() -> new IOException("the handler has reset this stream"));
  }

  /** Closes the stream cleanly, after the bytes that were written. Never blocks. */
  @Override
  public void close() {
    toClient.end();
    fromClient.fail(() -> new IOException("the handler has closed this stream"));
  }

  @Override
  public String toString() {
    return "ServiceStream[" + name + "]";
  }

  /** Returns the gateway end of this connection. */
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
      toClient.fail(ClientGoneException::new);
    }
  }
}
