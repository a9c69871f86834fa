package io.github.devicetunnel.cli;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listener that somebody asked for.
 *
 * @param origin the option that asked for it
 * @param listen where to listen
 * @param device the gateway, null for the one of all
 * @param service null for the one of all
 */
record TunnelSpec(
    String origin, SocketAddress listen, @Nullable String device, @Nullable String service) {

  /**
   * Reads the value of {@code -L}.
   *
   * @param text {@code LISTEN=DEVICE/SERVICE} or {@code LISTEN=SERVICE}
   */
  static TunnelSpec parse(String option, String text) {
    // The path of a unix socket may hold one too, a service never.
    int equals = text.lastIndexOf('=');
    if (equals < 0) {
      throw CommandFailure.usage(
          option + ": must be LISTEN=DEVICE/SERVICE, but in " + Quoted.of(text) + " there is no =");
    }
    String target = text.substring(equals + 1);
    int slash = target.indexOf('/');
    return new TunnelSpec(
        option,
        ListenAddress.parse(option, text.substring(0, equals)),
        slash < 0 ? null : target.substring(0, slash),
        target.substring(slash + 1));
  }

  /** Sets what it has of a target. */
  void applyTo(TunnelClient.Builder builder) {
    try {
      if (device != null) {
        builder.deviceId(device);
      }
      if (service != null) {
        builder.serviceAddress(service);
      }
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, origin));
    }
  }

  TunnelListener listen(TunnelClient client) throws IOException {
    return listen instanceof UnixDomainSocketAddress path
        ? client.listen(path)
        : client.listen((InetSocketAddress) listen);
  }
}
