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
 * Credentials that mint a token for each dial, with a private key whose certificate was uploaded to
 * an application ({@link VerificationKeys}).
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
 * <p>A token is good for 60 seconds, and for exactly the device, address and port of its tunnel, so
 * it is of little use to whoever finds it. It is given out again for half of its lifetime, to dials
 * of the same tunnel. When the host of the service is a name, {@code localhost} too, the claim of
 * the address is left out, which is logged as a warning at the first time: only the gateway knows
 * what the name stands for.
 */
public final class JwtCredentials {
  private JwtCredentials() {}

  /**
   * Begins new credentials.
   *
   * @return settings with their defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings of {@link Credentials} that mint tokens. For one thread. */
  public static final class Builder {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    private @Nullable String applicationId;
    private @Nullable PrivateKey privateKey;
    private @Nullable Path privateKeyFile;
    private Supplier<char @Nullable []> passphrase = () -> null;
    private @Nullable SigningAlgorithm algorithm;
    private Duration lifetime = Duration.ofSeconds(60);
    private Set<TunnelClaim> restrictions = EnumSet.allOf(TunnelClaim.class);

    private Builder() {}

    /**
     * The application with the key's certificate. Required.
     *
     * @param id sent as {@code X-Application-ID}
     * @return this
     */
    public Builder applicationId(String id) {
      applicationId = Objects.requireNonNull(id, "applicationId is null");
      return this;
    }

    /**
     * The key, from a file, which {@link #build} reads once. Either this or the other is required.
     *
     * @param pem as {@link PrivateKeys} reads it
     * @return this
     */
    public Builder privateKey(Path pem) {
      privateKeyFile = Objects.requireNonNull(pem, "privateKey is null");
      privateKey = null;
      return this;
    }

    /**
     * The key, from wherever.
     *
     * @param key RSA of at least 2048 bits, or EC on P-256, P-384 or P-521; it may be in a device
     * @return this
     */
    public Builder privateKey(PrivateKey key) {
      privateKey = Objects.requireNonNull(key, "privateKey is null");
      privateKeyFile = null;
      return this;
    }

    /**
     * The passphrase of a file that is encrypted.
     *
     * @param supplier asked by {@link #build} if it has to; what it returns is overwritten after
     *     use
     * @return this
     */
    public Builder passphrase(Supplier<char @Nullable []> supplier) {
      passphrase = Objects.requireNonNull(supplier, "passphrase is null");
      return this;
    }

    /**
     * How tokens are signed. By default with RS256, or with the algorithm of the key's curve.
     *
     * @param value one that fits the key
     * @return this
     */
    public Builder algorithm(SigningAlgorithm value) {
      algorithm = Objects.requireNonNull(value, "algorithm is null");
      return this;
    }

    /**
     * How long a token is good, 60 seconds by default. The clock of this machine must be right to
     * within half of it.
     *
     * @param time from 1 second to 365 days; tokens expire on whole seconds, which it is rounded up
     *     to
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder lifetime(Duration time) {
      if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "lifetime must be from 1 s to 365 days, but is " + seconds(time) + " s");
      }
      lifetime = time;
      return this;
    }

    /**
     * To what of its tunnel a token is restricted, by default to all three.
     *
     * @param claims none for tokens that open every tunnel of the account
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
     * Reads the key and checks that all fits together. No token is minted yet.
     *
     * @return what {@code TunnelClient.Builder.credentials} takes
     * @throws IOException when the file with the key cannot be read
     * @throws IllegalArgumentException when the key is of no use, or not with the algorithm, the
     *     file cannot be decrypted, or the application ID could not stand in an HTTP header
     * @throws IllegalStateException when something required is missing
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
