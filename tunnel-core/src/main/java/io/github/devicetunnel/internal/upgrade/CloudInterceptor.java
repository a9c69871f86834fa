package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/** The first interceptor of a {@link CloudCall}, outside those of the application. */
final class CloudInterceptor implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    return requireNonNull(chain.request().tag(CloudCall.class)).execute(chain);
  }
}
