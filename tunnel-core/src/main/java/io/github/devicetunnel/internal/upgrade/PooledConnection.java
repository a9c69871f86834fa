package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Bounds the wait for an answer on a connection from the pool. A NAT or load balancer can drop an
 * idle connection without a FIN, and nothing but an answer shows whether it did.
 *
 * @param progress of the call
 * @param limit for each read until the head of the answer is complete
 */
record PooledConnection(DialProgress progress, Duration limit) {

  /**
   * Sends the request of a network interceptor, which is tagged with one of these.
   *
   * @throws DeadConnectionException when a connection from the pool gave no answer
   */
  static Response proceed(Interceptor.Chain chain, Request request) throws IOException {
    PooledConnection pooled = requireNonNull(request.tag(PooledConnection.class));
    if (!pooled.progress.usesPooledConnection()) {
      return chain.proceed(request);
    }
    Socket socket = requireNonNull(chain.connection()).socket();
    socket.setSoTimeout((int) Math.max(1, Math.min(Integer.MAX_VALUE, pooled.limit.toMillis())));
    try {
      Response response = chain.proceed(request);
      socket.setSoTimeout(0);
      return response;
    } catch (IOException e) {
      throw chain.call().isCanceled() || isNoSign(e) ? e : new DeadConnectionException(e);
    }
  }

  /** Either an answer, though a wrong one, or an interrupt of the thread. */
  private static boolean isNoSign(IOException e) {
    return e instanceof ProtocolException
        || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException));
  }
}
