package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A limit for the wait for a response on a pooled connection. A NAT or load balancer can drop an
 * idle connection without a FIN, and only a response proves that the connection is alive. See
 * docs/rationale/dial.md.
 *
 * @param progress the progress of the call
 * @param limit the timeout of each read until the head of the response is complete
 */
record PooledConnection(DialProgress progress, Duration limit) {

  /**
   * Sends the request of a network interceptor. The request must have a tag of this type.
   *
   * @throws DeadConnectionException if a pooled connection did not answer
   */
  static Response proceed(Interceptor.Chain chain, Request request) throws IOException {
    PooledConnection pooled = requireNonNull(request.tag(PooledConnection.class));
    if (!pooled.progress.usesPooledConnection()) {
      return chain.proceed(request);
    }
    Socket socket = requireNonNull(chain.connection()).socket();
    long millis = TimeUnit.MILLISECONDS.convert(pooled.limit);
    socket.setSoTimeout((int) Math.max(1, Math.min(Integer.MAX_VALUE, millis)));
    try {
      Response response = chain.proceed(request);
      socket.setSoTimeout(0);
      return response;
    } catch (IOException e) {
      throw chain.call().isCanceled() || isNoSign(e) ? e : new DeadConnectionException(e);
    }
  }

  /**
   * Returns whether the exception does not indicate a dead connection: the server sent an invalid
   * response, or the thread was interrupted.
   */
  private static boolean isNoSign(IOException e) {
    return e instanceof ProtocolException
        || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException));
  }
}
