package io.github.devicetunnel;

import java.io.IOException;

/**
 * A source of access keys or JWTs for dials, such as a file, a vault, or a function that mints a
 * token for each target. A source of access keys also serves requests to the REST API of the cloud,
 * which have no target. {@link TokenSources} contains common implementations.
 *
 * <p>Every dial attempt calls the source. Implementations must be thread-safe: many threads of the
 * library call them at the same time. If the token is rejected, by the cloud with 401 or by the
 * check before the upgrade, the dial requests a fresh token, at most once per dial. A request to
 * the REST API does the same after a 401.
 *
 * <p>The source may block; its time and the wait count towards the connect timeout. When the
 * timeout passes or the dial is cancelled, the thread is interrupted and the dial ends without
 * waiting for the source.
 */
@FunctionalInterface
public interface TokenSource {
  /**
   * Returns the token for a dial attempt or a request to the REST API.
   *
   * @param request the target, which is null for the REST API, and whether the previous token was
   *     rejected
   * @return the secret as it is sent, without {@code Bearer}; it is never logged or shown
   * @throws IOException if no token is available. The attempt fails with this message as the
   *     reason, so the message must not contain a secret
   * @throws InterruptedException if the thread is interrupted
   */
  String token(TokenRequest request) throws IOException, InterruptedException;
}
