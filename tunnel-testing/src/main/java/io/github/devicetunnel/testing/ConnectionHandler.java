package io.github.devicetunnel.testing;

/**
 * A service on a gateway, implemented by a test. The handler is called once per tunnel, on a
 * separate thread. Several tunnels call it concurrently.
 *
 * <pre>{@code
 * service.device(DEVICE).onConnect("127.0.0.1:7", stream ->
 *     stream.inputStream().transferTo(stream.outputStream()));
 * }</pre>
 */
@FunctionalInterface
public interface ConnectionHandler {
  /**
   * Serves one tunnel. When this method returns, the stream is closed cleanly: the client receives
   * all bytes that were written, followed by the end of the stream.
   *
   * <p>The method should return soon after its tunnel has ended, which is signalled by the end of
   * the input or a failed write. Otherwise {@link TunnelService#verify} reports the handler.
   * Closing the service interrupts the handler.
   *
   * @param stream the service end of the tunnel
   * @throws Exception on any failure. The client then receives a connection reset, and {@link
   *     TunnelService#verify} reports the exception, as it does for an {@link Error}. An exception
   *     that only reports that the client has gone is ignored
   */
  void handle(ServiceStream stream) throws Exception;
}
