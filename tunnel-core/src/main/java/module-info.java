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
  // The test service reads and writes the frames of the other side.
  exports io.github.devicetunnel.internal.frames to
      io.github.devicetunnel.testing;
  exports io.github.devicetunnel.internal.net to
      io.github.devicetunnel.testing;
  // All modules show external text in the same way.
  exports io.github.devicetunnel.internal.text to
      io.github.devicetunnel.cli,
      io.github.devicetunnel.jwt;
  // The upload of keys uses the URLs and error descriptions of the same service.
  exports io.github.devicetunnel.internal.cloud to
      io.github.devicetunnel.jwt;
}
