import org.jspecify.annotations.NullMarked;

/**
 * Carries TCP connections to services on IoT gateways through a cloud tunnelling service. See
 * {@link io.github.devicetunnel.TunnelClient} for an introduction.
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
  // The test cloud reads and writes the frames of the server side.
  exports io.github.devicetunnel.internal.frames to
      io.github.devicetunnel.testing;
  // All modules escape external text in messages in the same way.
  exports io.github.devicetunnel.internal.text to
      io.github.devicetunnel.cli,
      io.github.devicetunnel.directory,
      io.github.devicetunnel.jwt;
  // The device directory and the key upload share the URLs and error format of the cloud.
  exports io.github.devicetunnel.internal.cloud to
      io.github.devicetunnel.directory,
      io.github.devicetunnel.jwt;
}
