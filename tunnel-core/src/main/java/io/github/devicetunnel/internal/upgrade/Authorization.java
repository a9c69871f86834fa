package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The secret value of the header Authorization. It is added to a request immediately before the
 * network. Interceptors of the application therefore cannot log it. OkHttp, which keeps a call as
 * long as its socket is in use, does not keep the secret.
 */
final class Authorization {
  private static final String HEADER = "Authorization";

  private volatile @Nullable String value;

  Authorization(String value) {
    this.value = value;
  }

  static Request addTo(Request request) {
    Authorization authorization = requireNonNull(request.tag(Authorization.class));
    return request.newBuilder().header(HEADER, requireNonNull(authorization.value)).build();
  }

  /** Removes the secret from a text of the server, which may repeat parts of the request. */
  String hideIn(String text) {
    String secret = value;
    return secret == null ? text : text.replace(secret.substring(secret.indexOf(' ') + 1), "***");
  }

  /** Deletes the secret when the call has ended. */
  void forget() {
    value = null;
  }
}
