import org.jspecify.annotations.NullMarked;

/**
 * Authentication of tunnels with JSON web tokens. The entry point is {@link
 * io.github.devicetunnel.jwt.JwtCredentials}.
 */
@NullMarked
module io.github.devicetunnel.jwt {
  requires static org.jspecify;
  requires com.nimbusds.jose.jwt;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires transitive io.github.devicetunnel.core;

  exports io.github.devicetunnel.jwt;
}
