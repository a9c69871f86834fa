package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * An interceptor that delays a request, which already has its connection, until all requests of its
 * {@link Rendezvous} have one.
 */
final class RendezvousInterceptor implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Rendezvous gathering = requireNonNull(chain.request().tag(Rendezvous.class));
    gathering.arrive();
    gathering.await();
    return PooledConnection.proceed(chain, chain.request());
  }
}
