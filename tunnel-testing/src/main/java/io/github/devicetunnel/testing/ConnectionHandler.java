package io.github.devicetunnel.testing;

/**
 * A service on a gateway, as code of a test: called once for each tunnel to it, on a thread of the
 * tunnel's own, several at a time when there are several tunnels.
 *
 * <pre>{@code
 * service.device(DEVICE).onConnect("127.0.0.1:7", stream ->
 *     stream.inputStream().transferTo(stream.outputStream()));
 * }</pre>
 */
@FunctionalInterface
public interface ConnectionHandler {
  /**
   * Serves one tunnel. When it returns, the stream is closed in order: the client gets all that was
   * written, and then the end.
   *
   * <p>It is expected to return soon after its tunnel has ended, which it learns from the end of
   * its input, or from a write that fails; {@link TunnelService#verify} reports it otherwise. When
   * the service is closed it is interrupted.
   *
   * @param stream the service's end of the tunnel
   * @throws Exception whatever goes wrong. The client then sees a connection that was reset, and
   *     {@link TunnelService#verify} reports it, as it does an {@link Error}; unless it only says
   *     that the client has gone
   */
  void handle(ServiceStream stream) throws Exception;
}
