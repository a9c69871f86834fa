package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.cli.failure.CommandFailure;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A listener with its own client. The listener is open between {@link #listen} and {@link #close}.
 */
final class OpenListener implements Drainable {
  private final TunnelSpec spec;
  private final TunnelClient client;
  private @Nullable TunnelListener listener;
  private volatile boolean stopping;

  private OpenListener(TunnelSpec spec, TunnelClient client) {
    this.spec = spec;
    this.client = client;
  }

  /**
   * Creates the client and validates the settings and the credential. Does not bind the address.
   *
   * @param shared the client whose connections and threads the new client uses
   * @throws CommandFailure if a setting is invalid or the token is unusable
   */
  static OpenListener prepare(TunnelSpec spec, TunnelClient shared) {
    TunnelClient.Builder builder = shared.newBuilder();
    spec.applyTo(builder);
    OpenListener prepared = new OpenListener(spec, builder.build());
    try {
      prepared.checkCredentials();
      return prepared;
    } catch (CommandFailure e) {
      DrainReport unused = prepared.client.close(Duration.ZERO);
      throw e;
    }
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
    Target target = client.target().orElseThrow();
    reporter.listening(ListenAddress.text(address()), target.deviceId(), target.serviceAddress());
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
