/**
 * Authenticates tunnels with JSON web tokens that are signed locally with your own private key.
 *
 * <ol>
 *   <li>{@link io.github.devicetunnel.jwt.VerificationKeys} uploads the certificate of the key to
 *       an application, once.
 *   <li>{@link io.github.devicetunnel.jwt.JwtCredentials} mints a token for each dial of a {@code
 *       TunnelClient}.
 * </ol>
 *
 * <pre>{@code
 * Credentials credentials =
 *     JwtCredentials.builder()
 *         .applicationId("0172b1ee3fb54a2fb2d4c2a7d8e90001")
 *         .privateKey(Path.of("private.key"))
 *         .build();
 * }</pre>
 *
 * <p>Classes for other uses:
 *
 * <ul>
 *   <li>{@link io.github.devicetunnel.jwt.PrivateKeys} and {@link
 *       io.github.devicetunnel.jwt.VerificationCertificate} read key and certificate files.
 *   <li>{@link io.github.devicetunnel.jwt.TokenSigner} signs tokens for other users.
 *   <li>{@link io.github.devicetunnel.jwt.TunnelToken} parses a token.
 *   <li>{@link io.github.devicetunnel.jwt.TokenVerifier} verifies tokens with the same checks as
 *       the cloud.
 * </ul>
 */
@NullMarked
package io.github.devicetunnel.jwt;

import org.jspecify.annotations.NullMarked;
