/**
 * Access to tunnels with JSON web tokens that are signed here, with a private key of your own.
 *
 * <ol>
 *   <li>{@link io.github.devicetunnel.jwt.VerificationKeys} uploads the certificate of the key to
 *       an application, once.
 *   <li>{@link io.github.devicetunnel.jwt.JwtCredentials} mint a token for each dial of a {@code
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
 * <p>Beneath them are {@link io.github.devicetunnel.jwt.PrivateKeys} and {@link
 * io.github.devicetunnel.jwt.VerificationCertificate} for the files, {@link
 * io.github.devicetunnel.jwt.TokenSigner} for tokens that are to be handed to others, {@link
 * io.github.devicetunnel.jwt.TunnelToken} to look into one, and {@link
 * io.github.devicetunnel.jwt.TokenVerifier}, which checks them as the service does.
 */
@NullMarked
package io.github.devicetunnel.jwt;

import org.jspecify.annotations.NullMarked;
