import org.jspecify.annotations.NullMarked;

/**
 * An in-process tunnelling service, for tests of applications that use tunnels. The entry point is
 * {@link io.github.devicetunnel.testing.TunnelService}.
 */
@NullMarked
module io.github.devicetunnel.testing {
  requires static org.jspecify;
  requires static org.junit.jupiter.api;
  requires com.fasterxml.jackson.core;
  requires mockwebserver3;
  requires okhttp3;
  requires okio;
  requires org.bouncycastle.pkix;
  requires org.slf4j;
  requires transitive io.github.devicetunnel.jwt;

  exports io.github.devicetunnel.testing;
}
