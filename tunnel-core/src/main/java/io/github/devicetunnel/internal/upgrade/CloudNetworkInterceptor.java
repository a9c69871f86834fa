package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The last interceptor of a {@link CloudCall}, closest to the network. It adds the credential, and
 * removes it from the request of the response, which interceptors of the application can read.
 */
final class CloudNetworkInterceptor implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    CloudCall call = requireNonNull(request.tag(CloudCall.class));
    if (!call.isOfCloud(request.url())) {
      // OkHttp does not repeat a request after this exception.
      throw new ProtocolException(
          "an interceptor changed the host of a request with a credential; check the interceptors"
              + " of the OkHttpClient");
    }
    Socket socket = requireNonNull(chain.connection()).socket();
    // OkHttp creates the socket to a SOCKS proxy itself, without the socket factory.
    socket.setTcpNoDelay(true);
    // A timeout of the socket needs no thread. OkHttp resets it before the next request.
    socket.setSoTimeout(call.pauseMillis());
    return chain.proceed(Authorization.addTo(request)).newBuilder().request(request).build();
  }
}
