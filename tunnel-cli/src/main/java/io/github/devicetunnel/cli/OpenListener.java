package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One listener, with a client of its own. It is open from {@link #listen} to {@link #close}. */
final class OpenListener {
  private final TunnelSpec spec;
  private final TunnelClient client;
  private @Nullable TunnelListener listener;

  private OpenListener(TunnelSpec spec, TunnelClient client) {
    this.spec = spec;
    this.client = client;
  }

  /**
   * Looks at all that can be known to be wrong, which is a {@link CommandFailure}. Opens nothing.
   *
   * @param shared whose connections and threads it uses
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

  /** With a token that opens nothing there is no sense in serving; a source may recover. */
  private void checkCredentials() {
    try {
      client.checkCredentials();
    } catch (IOException e) {
      if (e instanceof TunnelException failure
          && failure.reason().kind() == CloseReason.Kind.TOKEN_REFUSED) {
        throw CommandFailure.refused(
            failure.reason().message(), "Get a new token, for this device and service");
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

  /** Where it listens, with the port that was picked. */
  SocketAddress address() {
    return listener == null ? spec.listen() : listener.localSocketAddress();
  }

  /** Whether another one cannot listen as long as this does. */
  boolean blocks(TunnelSpec other) {
    return ListenAddress.collide(address(), other.listen());
  }

  void report(Reporter reporter) {
    reporter.listening(ListenAddress.text(address()), client.deviceId(), client.serviceAddress());
  }

  /** Gives its address free; open connections go on. */
  void stopAccepting() {
    if (listener != null) {
      listener.stopAccepting();
    }
  }

  DrainReport close(Duration drain) {
    return client.close(drain);
  }
}
