import org.jspecify.annotations.NullMarked;

/**
 * Carries TCP connections to services on IoT gateways through a cloud tunnelling service. Start at
 * {@link io.github.devicetunnel.TunnelClient}.
 */
@NullMarked
@SuppressWarnings("module") // the modules of the qualified exports are built after this one
module io.github.devicetunnel.core {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires okio;
  requires org.slf4j;
  requires transitive okhttp3;

  exports io.github.devicetunnel;
  // The stand-in for the cloud speaks the other side of the same frames.
  exports io.github.devicetunnel.websocket to
      io.github.devicetunnel.testing;
  // What others said is shown in one way only.
  exports io.github.devicetunnel.text to
      io.github.devicetunnel.cli,
      io.github.devicetunnel.jwt;
  // The upload of keys goes to the same cloud, which refuses in the same way.
  exports io.github.devicetunnel.cloud to
      io.github.devicetunnel.jwt;
}
