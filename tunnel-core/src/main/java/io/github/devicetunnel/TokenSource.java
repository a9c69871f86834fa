package io.github.devicetunnel;

import java.io.IOException;

/**
 * Gives the access key, or the JWT, for each dial: from a file, a vault, or minted for its target.
 * {@link TokenSources} has some.
 *
 * <p>It is asked for every dial, and so by many threads at a time, each of them the library's own.
 * A dial whose token was refused, by the cloud with 401 or by the check before it, asks a second
 * time for a fresh one, and never a third time.
 *
 * <p>It may block; the time counts as part of the connect timeout. When that is over, or the dial
 * is given up, the thread is interrupted, and nobody waits for it any longer.
 */
@FunctionalInterface
public interface TokenSource {
  /**
   * The token for one dial.
   *
   * @param request which tunnel it is for, and whether the last one was refused
   * @return the secret as it is sent, without {@code Bearer}; it is shown to nobody
   * @throws IOException when there is none: the dial fails, with this message as the reason, in
   *     which no secret may stand
   * @throws InterruptedException when the thread was interrupted
   */
  String token(TokenRequest request) throws IOException, InterruptedException;
}
