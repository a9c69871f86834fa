package io.github.devicetunnel;

import io.github.devicetunnel.internal.text.OneLine;
import io.github.devicetunnel.internal.tls.ClientCertificate;
import io.github.devicetunnel.internal.tls.DefaultTrust;
import io.github.devicetunnel.internal.tls.Pem;
import io.github.devicetunnel.internal.tls.RecordingKeyManager;
import io.github.devicetunnel.internal.tls.RecordingTrustManager;
import io.github.devicetunnel.internal.tls.ReplaceableSocketFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import okhttp3.CertificatePinner;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Trusted CAs, client certificate and certificate pins for TLS. By default, the certificate of the
 * cloud must come from a CA that this JVM trusts: in {@code lib/security/cacerts}, or as set by
 * {@code javax.net.ssl.trustStore}. Regardless of the settings, the certificate must match the host
 * name and be within its validity period, and the protocol must be TLS 1.2 or later. These checks
 * cannot be disabled. Immutable except for {@link #reload}, and thread-safe. Two settings are never
 * equal, because each is reloaded on its own.
 *
 * <pre>{@code
 * TlsSettings tls = TlsSettings.builder()
 *     .trustAlso(Path.of("company-ca.pem"))
 *     .clientCertificate(Path.of("client.pem"), Path.of("client-key.pem"))
 *     .build();
 * TunnelClient.Builder builder = TunnelClient.builder().tls(tls);
 * }</pre>
 */
public final class TlsSettings {
  private final List<Authorities> also;
  private final List<Authorities> only;
  private final @Nullable Supplier<ClientCertificate> clientFiles;
  private final RecordingTrustManager trustManager;
  private final ReplaceableSocketFactory sockets;
  private final List<Pin> pins;
  private volatile @Nullable X509Certificate clientCertificate;

  /**
   * Trusted CA certificates.
   *
   * @param source a description for messages
   * @param reader reads the files again at each call
   */
  private record Authorities(String source, Supplier<List<X509Certificate>> reader) {
    static Authorities in(String setting, Path file) {
      return new Authorities(file.toString(), () -> Pem.read(setting, file).certificates());
    }

    static Authorities ofPem(String setting, String pem) {
      List<X509Certificate> certificates = Pem.parse(setting, pem).certificates();
      return new Authorities("PEM text", () -> certificates);
    }
  }

  /**
   * A certificate pin.
   *
   * @param text the pin as configured
   */
  private record Pin(CertificatePinner.Pin hosts, String text) {}

  private TlsSettings(Builder builder) {
    this.also = List.copyOf(builder.also);
    this.only = List.copyOf(builder.only);
    this.clientFiles = builder.clientFiles;
    this.pins = List.copyOf(builder.pins);
    this.trustManager = trustManager(builder.certificates, only.isEmpty());
    this.sockets = new ReplaceableSocketFactory(sockets(trustManager, builder.client));
    this.clientCertificate = builder.client == null ? null : builder.client.certificate();
  }

  /**
   * Reads all files again, for example after the renewal of a certificate. Later TLS handshakes use
   * the new content, in all clients with these settings. Open connections are not affected,
   * including idle ones of {@link TunnelClient.Builder#warmConnections}. With a {@link
   * Builder#pin}, a CA that is new in a file is not recognized; build a new client instead.
   *
   * @throws IllegalArgumentException if a file cannot be used; the previous settings stay in effect
   * @throws IllegalStateException if this JVM cannot use the content for TLS; the previous settings
   *     stay in effect
   */
  public synchronized void reload() {
    List<X509Certificate> certificates =
        Stream.concat(also.stream(), only.stream())
            .flatMap(authorities -> authorities.reader.get().stream())
            .toList();
    ClientCertificate client = clientFiles == null ? null : clientFiles.get();
    sockets.replace(sockets(trustManager(certificates, only.isEmpty()), client));
    clientCertificate = client == null ? null : client.certificate();
  }

  /**
   * @param withSystem whether to trust the CAs of the JVM as well
   */
  private static RecordingTrustManager trustManager(
      List<X509Certificate> certificates, boolean withSystem) {
    try {
      return new RecordingTrustManager(trustManager(trustStore(certificates, withSystem)));
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  private static SSLSocketFactory sockets(TrustManager trust, @Nullable ClientCertificate client) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager keys = new RecordingKeyManager(client == null ? null : client.keys());
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(Exception e) {
    return new IllegalStateException("TLS cannot be set up: " + e.getMessage(), e);
  }

  /** Returns null if only the CAs of the JVM are trusted. */
  private static @Nullable KeyStore trustStore(
      List<X509Certificate> certificates, boolean withSystem)
      throws GeneralSecurityException, IOException {
    if (certificates.isEmpty()) {
      return null;
    }
    List<X509Certificate> all = new ArrayList<>(certificates);
    if (withSystem) {
      all.addAll(List.of(trustManager(null).getAcceptedIssuers()));
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("ca-" + i, all.get(i));
    }
    return store;
  }

  /**
   * Returns a builder for settings that trust the CAs of the JVM and have no client certificate.
   *
   * @return a builder with default settings
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * @param store null for the CAs of the JVM
   */
  private static X509ExtendedTrustManager trustManager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("this JVM has no X.509 trust manager"));
  }

  /** Replaces all TLS settings of an OkHttp client. */
  OkHttpClient applyTo(OkHttpClient.Builder client) {
    CertificatePinner.Builder pinner = new CertificatePinner.Builder();
    pins.forEach(pin -> pinner.add(pin.hosts.getPattern(), pin.text));
    List<ConnectionSpec> plain = List.of(ConnectionSpec.CLEARTEXT);
    // OkHttp's hostname verifier is not public. A client without TLS is the cheapest way to get it.
    OkHttpClient defaults = new OkHttpClient.Builder().connectionSpecs(plain).build();
    return client
        .sslSocketFactory(sockets, trustManager)
        .hostnameVerifier(defaults.hostnameVerifier())
        .certificatePinner(pinner.build())
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT))
        .build();
  }

  /** Describes the trusted CAs as a noun phrase. */
  String trusted() {
    return only.isEmpty()
        ? DefaultTrust.describe() + (also.isEmpty() ? "" : " and those in " + sources(also))
        : "only the authorities in " + sources(only);
  }

  private static String sources(List<Authorities> authorities) {
    return authorities.stream().map(Authorities::source).collect(Collectors.joining(", "));
  }

  @Nullable X509Certificate clientCertificate() {
    return clientCertificate;
  }

  /** Returns the pins that apply to a host. */
  List<String> pins(String host) {
    return pins.stream().filter(pin -> pin.hosts.matchesHostname(host)).map(Pin::text).toList();
  }

  /** Describes the settings, without secrets. */
  @Override
  public String toString() {
    X509Certificate client = clientCertificate;
    return "TlsSettings[trusted: "
        + trusted()
        + (client == null
            ? ""
            : ", client certificate " + client.getSubjectX500Principal().getName())
        + (pins.isEmpty() ? "" : ", pins: " + pins.size())
        + "]";
  }

  /**
   * A builder for {@link TlsSettings}. Each setter reads its files immediately; {@link
   * TlsSettings#reload} reads them again. Not thread-safe.
   */
  public static final class Builder {
    private final List<X509Certificate> certificates = new ArrayList<>();
    private final List<Authorities> also = new ArrayList<>();
    private final List<Authorities> only = new ArrayList<>();
    private final List<Pin> pins = new ArrayList<>();
    private @Nullable ClientCertificate client;
    private @Nullable Supplier<ClientCertificate> clientFiles;

    private Builder() {}

    /**
     * Trusts CAs in addition to those of the JVM. Can be called repeatedly.
     *
     * @param file CA certificates in PEM
     * @return this
     * @throws IllegalArgumentException if the file cannot be read or contains no certificate
     */
    public Builder trustAlso(Path file) {
      return trust(also, Authorities.in("trustAlso", file));
    }

    /**
     * Trusts CAs in addition to those of the JVM. Can be called repeatedly. {@link
     * TlsSettings#reload} keeps these certificates.
     *
     * @param pem CA certificates in PEM, as text; for a file, pass its {@link Path}
     * @return this
     * @throws IllegalArgumentException if the text contains no certificate
     */
    public Builder trustAlso(String pem) {
      return trust(also, Authorities.ofPem("trustAlso", pem));
    }

    /**
     * Trusts only these CAs, and not those of the JVM. Can be called repeatedly. {@link
     * TlsSettings#reload} keeps these certificates.
     *
     * @param pem CA certificates in PEM, as text; for a file, pass its {@link Path}
     * @return this
     * @throws IllegalArgumentException if the text contains no certificate
     */
    public Builder trustOnly(String pem) {
      return trust(only, Authorities.ofPem("trustOnly", pem));
    }

    /**
     * Trusts only these CAs, and not those of the JVM. Can be called repeatedly.
     *
     * @param file CA certificates in PEM
     * @return this
     * @throws IllegalArgumentException if the file cannot be read or contains no certificate
     */
    public Builder trustOnly(Path file) {
      return trust(only, Authorities.in("trustOnly", file));
    }

    /**
     * Trusts only these CAs, and not those of the JVM. Can be called repeatedly. {@link
     * TlsSettings#reload} keeps these certificates.
     *
     * @param authorities at least one CA certificate
     * @param source the origin of the certificates, for messages: "trusted: only the authorities in
     *     SOURCE"
     * @return this
     * @throws IllegalArgumentException if the collection is empty
     */
    public Builder trustOnly(Collection<X509Certificate> authorities, String source) {
      String shown = OneLine.of(source, OneLine.MAX_FOREIGN);
      if (authorities.isEmpty()) {
        throw new IllegalArgumentException(
            "trustOnly " + shown + ": no certificates; pass at least one");
      }
      List<X509Certificate> copy = List.copyOf(authorities);
      return trust(only, new Authorities(shown, () -> copy));
    }

    private Builder trust(List<Authorities> list, Authorities authorities) {
      certificates.addAll(authorities.reader.get());
      list.add(authorities);
      return this;
    }

    /**
     * Sets the certificate to present to a server that requests one.
     *
     * @param certificates a PEM file with the client's certificate, followed by those of its
     *     issuers
     * @param key a PEM file with the private key, unencrypted PKCS#8 ({@code BEGIN PRIVATE KEY});
     *     may be the same file
     * @return this
     * @throws IllegalArgumentException if a file cannot be read, or the key does not match the
     *     certificate
     */
    public Builder clientCertificate(Path certificates, Path key) {
      return client(() -> ClientCertificate.ofPem(certificates, key));
    }

    /**
     * Sets the certificate to present to a server that requests one, from memory. {@link
     * TlsSettings#reload} keeps it.
     *
     * @param certificates the client's certificate in PEM, followed by those of its issuers
     * @param key the private key in PEM, unencrypted PKCS#8 ({@code BEGIN PRIVATE KEY})
     * @return this
     * @throws IllegalArgumentException if a text is not valid, or the key does not match the
     *     certificate; the message does not contain the key
     */
    public Builder clientCertificate(String certificates, String key) {
      return client(() -> ClientCertificate.ofPem(certificates, key));
    }

    /**
     * Sets the certificate to present to a server that requests one, from a PKCS#12 file.
     *
     * @param file a file with one or more private keys and their certificates
     * @param password called immediately and by {@link TlsSettings#reload}; the array is
     *     overwritten after use
     * @return this
     * @throws IllegalArgumentException if the file cannot be read or the password is incorrect
     */
    public Builder clientKeyStore(Path file, Supplier<char[]> password) {
      return client(() -> ClientCertificate.ofKeyStore(file, password));
    }

    private Builder client(Supplier<ClientCertificate> files) {
      client = files.get();
      clientFiles = files;
      return this;
    }

    /**
     * Requires a specific public key in the certificate chain of a host, in addition to trust. If a
     * host has several pins, one of them must match, which allows key rotation.
     *
     * @param host the cloud's host; {@code *.example.com} for one level of subdomains, {@code
     *     **.example.com} for any number
     * @param pin {@code sha256/} followed by the Base64 of the SHA-256 of a public key in its
     *     encoding in the certificate (SubjectPublicKeyInfo)
     * @return this
     * @throws IllegalArgumentException if the host or pin is invalid
     */
    public Builder pin(String host, String pin) {
      if (!isPin(pin)) {
        throw new IllegalArgumentException(
            "pin must be sha256/ followed by 32 bytes in Base64, but is \""
                + Target.shown(pin)
                + "\"");
      }
      try {
        pins.add(new Pin(new CertificatePinner.Pin(host, pin), pin));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "pin: the host must be a name, optionally after *. or **., but is \""
                + Target.shown(host)
                + "\"",
            e);
      }
      return this;
    }

    private static boolean isPin(String pin) {
      try {
        return pin.startsWith("sha256/")
            && Base64.getDecoder().decode(pin.substring("sha256/".length())).length == 32;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    /**
     * Builds the settings.
     *
     * @return settings for {@link TunnelClient.Builder#tls}
     * @throws IllegalStateException if both {@link #trustAlso} and {@link #trustOnly} were called
     */
    public TlsSettings build() {
      if (!also.isEmpty() && !only.isEmpty()) {
        throw new IllegalStateException(
            "trustOnly and trustAlso cannot be combined; use one of them");
      }
      return new TlsSettings(this);
    }
  }
}
