package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.cli.failure.CommandFailure;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listener with its own client. The listener is open between {@link #listen} and {@link #close}.
 */
final class OpenListener implements Drainable {
  /** The maximum time to check the credentials of all listeners, except for the last check. */
  private static final Duration MAX_CHECKS = Duration.ofSeconds(15);

  private final TunnelSpec spec;
  private final TunnelClient client;
  private @Nullable TunnelListener listener;
  private volatile boolean stopping;

  private OpenListener(TunnelSpec spec, TunnelClient client) {
    this.spec = spec;
    this.client = client;
  }

  /**
   * Creates the clients and validates their settings and credentials. Does not bind addresses. May
   * block, because it reads the credential. If a token source does not answer, the credentials of
   * the remaining listeners are not checked.
   *
   * @param shared the client whose connections and threads the new clients use
   * @throws CommandFailure if a setting is invalid or a token is unusable
   */
  static List<OpenListener> prepare(List<TunnelSpec> specs, TunnelClient shared) {
    long deadline = System.nanoTime() + MAX_CHECKS.toNanos();
    List<OpenListener> prepared = new ArrayList<>();
    try {
      for (TunnelSpec spec : specs) {
        TunnelClient.Builder builder = shared.newBuilder();
        spec.applyTo(builder);
        OpenListener listener = new OpenListener(spec, builder.build());
        prepared.add(listener);
        if (System.nanoTime() - deadline < 0) {
          listener.checkCredentials();
        }
      }
      return prepared;
    } catch (RuntimeException | Error e) {
      discard(prepared);
      throw e;
    }
  }

  /** Closes listeners that have no connections. */
  static void discard(List<OpenListener> prepared) {
    prepared.forEach(each -> each.close(Duration.ZERO));
  }

  /** Fails if the token is unusable. Ignores a token source that fails, because it may recover. */
  private void checkCredentials() {
    try {
      client.checkCredentials();
    } catch (IOException e) {
      if (e instanceof TunnelException failure
          && failure.reason().kind() == CloseReason.Kind.TOKEN_REFUSED) {
        throw CommandFailure.credentialRejected(
            failure.reason().message(), "Request a new token for this device and service");
      }
    }
  }

  void listen() {
    try {
      listener = spec.listen(client);
    } catch (IOException e) {
      throw ListenFailure.of(spec.listen(), spec.origin(), e);
    }
  }

  TunnelSpec spec() {
    return spec;
  }

  /**
   * Returns the bound address, with the actual port, or the configured address before {@link
   * #listen}.
   */
  SocketAddress address() {
    return listener == null ? spec.listen() : listener.localAddress();
  }

  /** Returns whether another listener cannot be opened while this one is open. */
  boolean blocks(TunnelSpec other) {
    return ListenAddress.collide(address(), other.listen());
  }

  void report(Reporter reporter) {
    reporter.listening(ListenAddress.text(address()), client.target().orElseThrow());
  }

  void awaitReachable(Duration limit) throws IOException {
    client.openWhenAvailable(limit).close();
  }

  /** Returns whether the listener has stopped accepting connections by itself. Thread-safe. */
  boolean isDeaf() {
    return listener != null && !listener.isOpen() && !stopping;
  }

  /** Releases the address and keeps open connections. */
  void stopAccepting() {
    stopping = true;
    if (listener != null) {
      listener.stopAccepting();
    }
  }

  @Override
  public DrainReport close(Duration time) {
    stopping = true;
    return client.close(time);
  }
}
