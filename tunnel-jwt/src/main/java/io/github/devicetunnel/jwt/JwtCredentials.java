package io.github.devicetunnel.jwt;

import io.github.devicetunnel.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that mint a token for each dial. They sign with a private key whose certificate was
 * uploaded to an application; see {@link VerificationKeys}.
 *
 * <pre>{@code
 * TunnelClient client = TunnelClient.builder()
 *     .cloudUri("wss://api.us-east-1.mbedcloud.com")
 *     .credentials(JwtCredentials.builder()
 *         .applicationId("0172b1ee3fb54a2fb2d4c2a7d8e90001")
 *         .privateKey(Path.of("private.key"))
 *         .build())
 *     .deviceId("017b7fddb124724840c1c7b800000000")
 *     .serviceAddress("127.0.0.1:80")
 *     .build();
 * }</pre>
 *
 * <p>A token is valid for 60 seconds by default and opens only the device, IP address and port of
 * its target. It is reused for dials to the same target during the first half of its lifetime.
 *
 * <p>If the host of the service is a name, including {@code localhost}, tokens do not contain the
 * address claim, because only the gateway can resolve the name. A warning is logged the first time
 * a token is minted for such a target.
 */
public final class JwtCredentials {
  private JwtCredentials() {}

  /**
   * Creates a builder with default settings.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Credentials} that mint tokens. Not thread-safe. */
  public static final class Builder {
    private static final Duration MIN_LIFETIME = Duration.ofSeconds(1);
    private static final Duration MAX_LIFETIME = Duration.ofDays(365);

    private @Nullable String applicationId;
    private @Nullable PrivateKey privateKey;
    private @Nullable Path privateKeyFile;
    private Supplier<char @Nullable []> passphrase = () -> null;
    private @Nullable SigningAlgorithm algorithm;
    private Duration lifetime = Duration.ofSeconds(60);
    private Set<TunnelClaim> restrictions = EnumSet.allOf(TunnelClaim.class);

    private Builder() {}

    /**
     * Sets the application that has the certificate of the key. Required.
     *
     * @param id the application ID, sent as {@code X-Application-ID}
     * @return this
     */
    public Builder applicationId(String id) {
      applicationId = Objects.requireNonNull(id, "applicationId is null");
      return this;
    }

    /**
     * Sets the file of the private key, which {@link #build} reads once. Either a file or a key is
     * required; the last call wins.
     *
     * @param pem a PEM file in a format that {@link PrivateKeys} reads
     * @return this
     */
    public Builder privateKey(Path pem) {
      privateKeyFile = Objects.requireNonNull(pem, "privateKey is null");
      privateKey = null;
      return this;
    }

    /**
     * Sets the private key. Either a file or a key is required; the last call wins.
     *
     * @param key an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521; it may
     *     reside in a hardware token
     * @return this
     */
    public Builder privateKey(PrivateKey key) {
      privateKey = Objects.requireNonNull(key, "privateKey is null");
      privateKeyFile = null;
      return this;
    }

    /**
     * Sets the source of the passphrase of an encrypted key file. By default there is no
     * passphrase.
     *
     * @param supplier called by {@link #build} only if the key is encrypted; the returned array is
     *     overwritten after use
     * @return this
     */
    public Builder passphrase(Supplier<char @Nullable []> supplier) {
      passphrase = Objects.requireNonNull(supplier, "passphrase is null");
      return this;
    }

    /**
     * Sets the signing algorithm. Default: RS256 for RSA keys, otherwise the algorithm of the key's
     * curve.
     *
     * @param value an algorithm that fits the key
     * @return this
     */
    public Builder algorithm(SigningAlgorithm value) {
      algorithm = Objects.requireNonNull(value, "algorithm is null");
      return this;
    }

    /**
     * Sets the lifetime of a token. Default: 60 seconds. The clock of this machine must be accurate
     * to within half of the lifetime.
     *
     * @param time from 1 second to 365 days; the expiry is rounded up to a whole second
     * @return this
     * @throws IllegalArgumentException if the lifetime is out of range
     */
    public Builder lifetime(Duration time) {
      if (time.compareTo(MIN_LIFETIME) < 0 || time.compareTo(MAX_LIFETIME) > 0) {
        throw new IllegalArgumentException(
            "lifetime must be from 1 s to 365 days, but is " + seconds(time) + " s");
      }
      lifetime = time;
      return this;
    }

    /**
     * Sets the parts of the target that a token is restricted to. Default: device, IP address and
     * port.
     *
     * <p>If tokens are restricted to {@link TunnelClaim#IP} alone, dials to a host name fail:
     * without the address claim, the token would open every tunnel of the account.
     *
     * @param claims the claims to include; none for tokens that open every tunnel of the account
     * @return this
     */
    public Builder restrictTo(TunnelClaim... claims) {
      Set<TunnelClaim> set = EnumSet.noneOf(TunnelClaim.class);
      Collections.addAll(set, claims);
      restrictions = set;
      return this;
    }

    private static double seconds(Duration time) {
      return time.toSeconds() + time.toMillisPart() / 1_000.0;
    }

    /**
     * Reads the key, validates the settings and creates the credentials. No token is minted yet.
     *
     * @return credentials for {@code TunnelClient.Builder.credentials}
     * @throws IOException if the key file cannot be read
     * @throws IllegalArgumentException if the key is unusable or does not fit the algorithm, the
     *     key file cannot be decrypted, or the application ID is not valid in an HTTP header
     * @throws IllegalStateException if a required setting is missing
     */
    public Credentials build() throws IOException {
      if (applicationId == null) {
        throw new IllegalStateException("applicationId is missing");
      }
      return Credentials.jwt(applicationId, tokens());
    }

    MintedTokens tokens() throws IOException {
      PrivateKey key = key();
      TokenSigner signer = algorithm == null ? TokenSigner.of(key) : TokenSigner.of(key, algorithm);
      return new MintedTokens(signer, Set.copyOf(restrictions), lifetime, Clock.systemUTC());
    }

    private PrivateKey key() throws IOException {
      if (privateKey != null) {
        return privateKey;
      }
      if (privateKeyFile == null) {
        throw new IllegalStateException("privateKey is missing");
      }
      return PrivateKeys.read(privateKeyFile, passphrase);
    }
  }
}
