package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The header with the secret. It comes to a request right before the network: no interceptor of the
 * application sees it, so none can log it, and OkHttp, which keeps a call for as long as its socket
 * is in use, does not keep the secret with it.
 */
public final class Authorization {
  private static final String HEADER = "Authorization";

  private volatile @Nullable String value;

  Authorization(String value) {
    this.value = value;
  }

  static Request addTo(Request request) {
    Authorization its = requireNonNull(request.tag(Authorization.class));
    return request.newBuilder().header(HEADER, requireNonNull(its.value)).build();
  }

  /** What came back, if somebody on the way repeats what he was asked with. */
  String hideIn(String text) {
    String its = value;
    return its == null ? text : text.replace(its.substring(its.indexOf(' ') + 1), "***");
  }

  /** The call is over. */
  void forget() {
    value = null;
  }
}
